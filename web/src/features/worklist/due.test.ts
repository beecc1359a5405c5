import { describe, expect, it } from 'vitest';

import { makeReport } from '@/test/makeReport';

import { dueOf } from './due';
import { orderOf } from './order';
import { viewFrom } from './view';

const study = makeReport({
  created_at: '2026-01-14T12:00:00Z',
  due_at: '2026-01-14T13:00:00Z',
});

describe('the time that is left', () => {
  it.each([
    ['2026-01-14T12:00:00Z', { state: 'inTime', seconds: 3600 }],
    ['2026-01-14T12:45:00Z', { state: 'inTime', seconds: 900 }],
    ['2026-01-14T12:45:01Z', { state: 'soon', seconds: 899 }],
    ['2026-01-14T13:00:00Z', { state: 'overdue', seconds: 0 }],
    ['2026-01-14T14:00:00Z', { state: 'overdue', seconds: 3600 }],
  ])('at %s', (at, expected) => {
    expect(dueOf(study, new Date(at))).toEqual(expected);
  });

  it('is none when the study is reported', () => {
    expect(dueOf({ ...study, status: 'ready' }, new Date())).toEqual({ state: 'reported' });
  });
});

describe('the order of the worklist', () => {
  it('is that of the gateway', () => {
    const late = makeReport({ due_at: '2026-01-10T12:00:00Z' });
    const whole = makeReport({ due_at: '2026-01-14T12:00:00Z' });
    const part = makeReport({ due_at: '2026-01-14T12:00:00.000001Z' });
    const twin = makeReport({ due_at: '2026-01-14T12:00:00.000001Z' });
    const stat = makeReport({ due_at: '2026-02-01T12:00:00Z', service_level: 'stat' });
    const emergency = makeReport({ service_level: 'emergency' });
    const other = makeReport({ due_at: '2026-01-01T12:00:00Z', service_level: 'subspecialty' });
    const expected = [stat, emergency, late, whole, part, twin, other];
    const { compare } = orderOf(viewFrom(new URLSearchParams()));
    expect(expected.toReversed().toSorted(compare)).toEqual(expected);
  });

  it('is the newest first of what is reported', () => {
    const [first, second] = [makeReport({ service_level: 'stat' }), makeReport()];
    const { compare } = orderOf(viewFrom(new URLSearchParams('part=all&status=ready')));
    expect([first, second].toSorted(compare)).toEqual([second, first]);
  });
});
