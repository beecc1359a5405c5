import { describe, expect, it } from 'vitest';

import { makeUpload, makeUploadOnTheWay } from '@/test/makeUpload';

import type { Upload } from './api';
import { isReadableEarly, isUnderWay, stageStates, uploadState } from './state';

const rejectedCounts = { instances: 2, accepted: 1, rejected: 1, delivered: 1, verified: 1 };

describe('uploadState', () => {
  it.each<[Partial<Upload>, string]>([
    [{ status: 'pending', stage: 'receiving' }, 'notStarted'],
    [{ status: 'uploading', stage: 'receiving' }, 'onTheWay'],
    [{ status: 'processing', stage: 'received' }, 'received'],
    [{ status: 'processing', stage: 'validated' }, 'checked'],
    [{ status: 'processing', stage: 'delivering' }, 'delivering'],
    [{ status: 'processing', stage: 'held' }, 'held'],
    [{ status: 'completed', stage: 'verified' }, 'verified'],
    [{ status: 'completed', stage: 'verified', counts: rejectedCounts }, 'verifiedInPart'],
    [{ status: 'failed', stage: 'rejected' }, 'rejected'],
    [{ status: 'failed', stage: 'duplicate' }, 'duplicate'],
    [{ status: 'failed', stage: 'cancelled' }, 'cancelled'],
    [{ status: 'failed', stage: 'expired' }, 'expired'],
    [{ status: 'failed', stage: 'delivering' }, 'failed'],
  ])('%j is %s', (changes, expected) => {
    expect(uploadState(makeUpload(changes))).toBe(expected);
  });

  it('says what can be read before all of it is here', () => {
    const counts = { instances: 212, accepted: 212, rejected: 0, delivered: 212, verified: 212 };
    expect(isReadableEarly(makeUploadOnTheWay({ counts }))).toBe(true);
    expect(isReadableEarly(makeUploadOnTheWay())).toBe(false);
    expect(isReadableEarly(makeUpload({ counts }))).toBe(false);
  });

  it('says that only what moves by itself is under way', () => {
    expect(isUnderWay(makeUploadOnTheWay())).toBe(true);
    expect(isUnderWay(makeUpload({ status: 'processing', stage: 'held' }))).toBe(false);
    expect(isUnderWay(makeUpload())).toBe(false);
  });
});

describe('stageStates', () => {
  const states = (changes: Partial<Upload>) => Object.values(stageStates(makeUpload(changes)));

  it('never claims a stage without proof', () => {
    expect(Object.values(stageStates(makeUploadOnTheWay()))).toEqual([
      'current',
      'waiting',
      'waiting',
      'waiting',
    ]);
    expect(states({ status: 'processing', stage: 'received' })).toEqual([
      'done',
      'done',
      'current',
      'waiting',
    ]);
    expect(states({ status: 'processing', stage: 'delivering' })).toEqual([
      'done',
      'done',
      'done',
      'current',
    ]);
    expect(states({})).toEqual(['done', 'done', 'done', 'done']);
  });

  it('shows where an upload stopped', () => {
    expect(states({ status: 'failed', stage: 'expired', uploaded_bytes: 5 })).toEqual([
      'stopped',
      'waiting',
      'waiting',
      'waiting',
    ]);
    expect(states({ status: 'failed', stage: 'rejected' })[2]).toBe('stopped');
  });
});
