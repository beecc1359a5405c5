import { describe, expect, it } from 'vitest';

import { makeUpload } from '@/test/makeUpload';

import type { Upload } from './api';
import { addressOf, EVERYTHING, filterFrom, fits, narrowedBy, queryOf } from './filter';

const NOON = new Date(2026, 0, 14, 12, 0);
const filterOf = (address: string) => filterFrom(new URLSearchParams(address));

describe('a filter in an address', () => {
  it.each([
    '',
    'status=failed',
    'priority=stat&modality=CT',
    'period=7days&mine=yes',
    'status=completed&priority=routine&modality=OTHER&period=own&from=2026-01-01&to=2026-01-14&mine=yes',
    'period=own&to=2026-01-14',
  ])('%j is read and written the same', (address) => {
    expect(addressOf(filterOf(address)).toString()).toBe(address);
  });

  it.each([
    'status=lost&priority=soon&modality=MRI&period=ever&mine=perhaps',
    'from=2026-01-01&to=2026-01-14',
    'period=',
    'q=DOE&patient_name=DOE',
  ])('%j says nothing', (address) => {
    expect(filterOf(address)).toEqual(EVERYTHING);
  });

  it('leaves out days that do not exist', () => {
    expect(filterOf('period=own&from=2026-02-30&to=14.1.2026')).toEqual({
      ...EVERYTHING,
      period: 'own',
    });
  });

  it('counts what narrows', () => {
    expect(narrowedBy(filterOf('status=failed&period=own'))).toEqual(['status']);
    expect(narrowedBy(filterOf('period=own&to=2026-01-14&mine=yes'))).toEqual(['period', 'mine']);
  });
});

describe('what the API is asked for', () => {
  it('is nothing where nothing is narrowed', () => {
    expect(queryOf(EVERYTHING, NOON)).toEqual({});
  });

  it('has whole days of the reader’s time zone', () => {
    const day = (number: number) => new Date(2026, 0, number).toISOString();
    expect(queryOf(filterOf('period=today'), NOON)).toEqual({ created_from: day(14) });
    expect(queryOf(filterOf('period=7days'), NOON)).toEqual({ created_from: day(8) });
    expect(queryOf(filterOf('period=own&from=2026-01-03&to=2026-01-05'), NOON)).toEqual({
      created_from: day(3),
      created_to: day(6),
    });
  });

  it('names one of each kind', () => {
    expect(queryOf(filterOf('status=failed&priority=stat&modality=XR&mine=yes'), NOON)).toEqual({
      status: ['failed'],
      service_level: ['stat'],
      modality: ['XR'],
      mine: true,
    });
  });
});

describe('an upload', () => {
  const dx: Upload = makeUpload({
    status: 'failed',
    sender: 'Jane Doe',
    created_at: new Date(2026, 0, 10, 23, 59).toISOString(),
    metadata: { ...makeUpload().metadata, modality: 'DX', service_level: 'stat' },
  });

  it.each([
    ['', true],
    ['status=failed&priority=stat&modality=XR', true],
    ['status=completed', false],
    ['priority=routine', false],
    ['modality=CT', false],
    ['period=today', false],
    ['period=7days', true],
    ['period=own&to=2026-01-09', false],
    ['period=own&from=2026-01-10&to=2026-01-10', true],
    ['mine=yes', true],
  ])('that fits %j: %s', (address, expected) => {
    expect(fits(dx, filterOf(address), NOON)).toBe(expected);
  });

  it('is somebody’s own where the sender has the name', () => {
    expect(fits(dx, filterOf('mine=yes'), NOON, 'Jane Doe')).toBe(true);
    expect(fits(dx, filterOf('mine=yes'), NOON, 'Richard Roe')).toBe(false);
  });
});
