import { describe, expect, it } from 'vitest';

import { changeOf, shareOf } from './change';

describe('a change', () => {
  it.each([
    [24, 12, { kind: 'more', by: 12, share: 1 }],
    [9, 12, { kind: 'less', by: 3, share: 0.25 }],
    [0, 12, { kind: 'less', by: 12, share: 1 }],
    [12, 12, { kind: 'same' }],
    [0, 0, { kind: 'same' }],
    [12, 0, { kind: 'noneBefore' }],
    [0.9, null, { kind: 'noneBefore' }],
    [1_000_000, 1, { kind: 'more', by: 999_999, share: null }],
  ])('from now %d and before %s', (now, before, change) => {
    expect(changeOf(now, before)).toEqual(change);
  });

  it('is none where there is no number now, or no period before', () => {
    expect(changeOf(null, 12)).toBeNull();
    expect(changeOf(null, null)).toBeNull();
    expect(changeOf(12, undefined)).toBeNull();
  });
});

it('a share of nothing is none', () => {
  expect(shareOf(0, 0)).toBeNull();
  expect(shareOf(1, 4)).toBe(0.25);
});
