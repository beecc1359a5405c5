/** How texts at an axis look. */
export const TICK = { fill: 'var(--ink-muted)', fontSize: 12 } as const;
export const AXIS_LINE = { stroke: 'var(--line-strong)' } as const;
/** How texts among the bars look: on a ground of their own, whatever they cross. */
export const TEXT = {
  fill: 'var(--ink)',
  fontSize: 12,
  stroke: 'var(--surface)',
  strokeWidth: 6,
  paintOrder: 'stroke',
} as const;

/** Between the marks of an axis there is one of these, or ten times as much, and so on. */
const STEPS = [0.25, 0.5, 1, 2.5];
const MOST_MARKS = 6;

/** Return the marks of an axis from zero to beyond a value. */
export function marksTo(most: number): number[] {
  for (let tens = 1; ; tens *= 10) {
    const step = STEPS.map((size) => size * tens).find((size) => most < size * (MOST_MARKS - 1));
    if (step === undefined) continue;
    return Array.from({ length: Math.floor(most / step) + 2 }, (_, index) => index * step);
  }
}
