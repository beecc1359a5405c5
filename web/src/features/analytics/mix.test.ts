import { describe, expect, it } from 'vitest';

import { slicesOf } from './mix';

describe('the parts of a whole', () => {
  it('stand in the order of their size, without what there is none of', () => {
    const slices = slicesOf([
      { key: 'US', count: 1 },
      { key: 'MR', count: 0 },
      { key: 'CT', count: 3 },
    ]);
    expect(slices).toEqual([
      { key: 'CT', count: 3, share: 0.75 },
      { key: 'US', count: 1, share: 0.25 },
    ]);
  });

  it('are all told apart as long as there are patterns', () => {
    const counts = 'ABCDEF'.split('').map((key) => ({ key, count: 1 }));
    expect(slicesOf(counts).map(({ key }) => key)).toEqual('ABCDEF'.split(''));
  });

  it('stand together where there are too many, and nothing gets lost', () => {
    const counts = 'ABCDEFGH'.split('').map((key, index) => ({ key, count: 10 - index }));
    const slices = slicesOf(counts);
    expect(slices.map(({ key }) => key)).toEqual(['A', 'B', 'C', 'D', 'E', null]);
    expect(slices.at(-1)?.count).toBe(5 + 4 + 3);
    expect(slices.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1);
  });

  it('of nothing are none', () => {
    expect(slicesOf([])).toEqual([]);
    expect(slicesOf([{ key: 'CT', count: 0 }])).toEqual([]);
  });
});
