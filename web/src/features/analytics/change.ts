/** How a number differs from the one of the period before. */
export type Change =
  | {
      kind: 'more' | 'less';
      by: number;
      /** Of what there was before; null where that tells nothing. */ share: number | null;
    }
  | { kind: 'same' }
  | { kind: 'noneBefore' };

/** A share beyond this says no more than the numbers do. */
const MOST_SHARE = 10;

/**
 * Compare a number with that of the period before.
 *
 * Null is a number that there is not: of nothing there is no rate and no middle. Undefined is a period before that there
 * is not. Returns null where there is nothing to say.
 */
export function changeOf(now: number | null, before: number | null | undefined): Change | null {
  if (now === null || before === undefined) return null;
  if (before === null) return { kind: 'noneBefore' };
  if (now === before) return { kind: 'same' };
  if (before === 0) return { kind: 'noneBefore' };
  const by = Math.abs(now - before);
  const share = by / before;
  return { kind: now > before ? 'more' : 'less', by, share: share > MOST_SHARE ? null : share };
}

/** Return how much of the whole a part is; null where there is no whole. */
export function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
