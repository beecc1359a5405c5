import { describe, expect, it } from 'vitest';

import { UPLOAD } from '@/test/fakePlaces';

import { addressOf, EVERYTHING, filterFrom, idIn, mayRetry, narrowedBy, queryOf } from './filter';

const NOW = new Date('2026-01-14T12:00:00Z');

describe('the filter of deliveries', () => {
  it('stands in the address, and comes back out of it', () => {
    const filter = filterFrom(
      new URLSearchParams(`state=attention&destination=${UPLOAD}&cause=busy&older=day`),
    );
    expect(filterFrom(addressOf(filter))).toEqual(filter);
    expect(queryOf(filter, NOW)).toEqual({
      state: 'attention',
      destination_id: UPLOAD,
      cause: 'busy',
      created_before: '2026-01-13T12:00:00.000Z',
    });
    expect(narrowedBy(filter)).toEqual(['state', 'destinationId', 'cause', 'age']);
  });

  it('takes no notice of what makes no sense', () => {
    const address = new URLSearchParams('state=lost&destination=1&cause=moon&older=year&about=x');
    expect(filterFrom(address)).toEqual(EVERYTHING);
  });

  it('finds an id in what was pasted', () => {
    expect(idIn(` ${UPLOAD.toUpperCase()}\n`)).toBe(UPLOAD);
    expect(idIn('DOE^JANE')).toBeNull();
  });

  it('knows where trying again is of no use', () => {
    expect(mayRetry(EVERYTHING)).toBe(true);
    expect(mayRetry({ ...EVERYTHING, state: 'cancelled' })).toBe(true);
    expect(mayRetry({ ...EVERYTHING, state: 'verified' })).toBe(false);
  });
});
