/** How texts at an axis look. */
export const TICK = { fill: 'var(--ink-muted)', fontSize: 12 } as const;
export const AXIS_LINE = { stroke: 'var(--line-strong)' } as const;
