import { shareOf } from './change';

export interface Count<Key extends string> {
  key: Key;
  count: number;
}

/** A part of a whole. */
export interface Slice<Key extends string> {
  /** Null: everything that is too little to be told apart. */
  key: Key | null;
  count: number;
  share: number;
}

/** So many can be told apart by their patterns. */
const MOST_SLICES = 6;

/** Return the parts of a whole, the largest first. What is too little to be told apart in a chart stands together. */
export function slicesOf<Key extends string>(counts: readonly Count<Key>[]): Slice<Key>[] {
  const sorted = sortedCounts(counts);
  const whole = sum(sorted);
  const isMany = sorted.length > MOST_SLICES;
  const shown = isMany ? sorted.slice(0, MOST_SLICES - 1) : sorted;
  const rest = sum(sorted.slice(shown.length));
  const slices: Omit<Slice<Key>, 'share'>[] = [
    ...shown,
    ...(rest > 0 ? [{ key: null, count: rest }] : []),
  ];
  return slices.map(({ key, count }) => ({ key, count, share: shareOf(count, whole) ?? 0 }));
}

/** Return what there is any of, the most first. */
export function sortedCounts<Item extends { count: number }>(counts: readonly Item[]): Item[] {
  return counts
    .filter(({ count }) => count > 0)
    .toSorted((first, second) => second.count - first.count);
}

export function sum(counts: readonly { count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
