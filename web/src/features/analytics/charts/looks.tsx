import { useId, type ReactNode } from 'react';

/** A colour and a pattern, so that no part is told from another by its colour alone. */
interface Look {
  color: string;
  /** Drawn over a light ground of the colour, in a square of eight; null: the colour itself. */
  path: string | null;
}

/** In the order in which they are used. */
export const LOOKS: readonly Look[] = [
  { color: 'var(--brand)', path: null },
  { color: 'var(--caution)', path: 'M-2 2 2 -2M0 8 8 0M6 10 10 6' },
  { color: 'var(--active)', path: 'M0 2h8M0 6h8' },
  { color: 'var(--positive)', path: 'M2 0v8M6 0v8M0 2h8M0 6h8' },
  { color: 'var(--neutral)', path: 'M-2 6 2 10M0 0 8 8M6 -2 10 2' },
  { color: 'var(--line-strong)', path: 'M1 1h2v2h-2zM5 5h2v2h-2z' },
];

const [SOLID] = LOOKS as [Look];

export function lookOf(index: number): Look {
  return LOOKS[index % LOOKS.length] ?? SOLID;
}

/** The patterns of a chart: put `defs` in its drawing, and fill with them. */
export function usePatterns(): { defs: ReactNode; fill: (index: number) => string } {
  const id = useId();
  return {
    defs: (
      <defs>
        {LOOKS.map((look, index) => (
          <Pattern key={look.color} id={`${id}-${index}`} look={look} />
        ))}
      </defs>
    ),
    fill: (index) => {
      const { path, color } = lookOf(index);
      return path === null ? color : `url(#${id}-${index % LOOKS.length})`;
    },
  };
}

function Pattern({ id, look: { color, path } }: { id: string; look: Look }) {
  return (
    <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse">
      <rect width="8" height="8" fill={color} fillOpacity="0.2" />
      {path !== null && <path d={path} fill="none" stroke={color} strokeWidth="2" />}
    </pattern>
  );
}

/** A sample of a look, for a legend. */
export function Swatch({ index }: { index: number }) {
  const { defs, fill } = usePatterns();
  return (
    <svg aria-hidden viewBox="0 0 16 16" className="size-4 shrink-0">
      {defs}
      <rect
        x="1"
        y="1"
        width="14"
        height="14"
        rx="2"
        fill={fill(index)}
        stroke={lookOf(index).color}
      />
    </svg>
  );
}

/** How a line is drawn: each has a colour and dashes of its own. */
export interface LineLook {
  color: string;
  dashes: string;
}

export const LINE_LOOKS: readonly LineLook[] = [
  { color: 'var(--brand)', dashes: '' },
  { color: 'var(--positive)', dashes: '7 4' },
  { color: 'var(--critical)', dashes: '2 3' },
];

export function lineLookOf(index: number): LineLook {
  return LINE_LOOKS[index % LINE_LOOKS.length] ?? { color: 'var(--ink)', dashes: '' };
}

/** A sample of a line, for a legend. */
export function LineSample({ index }: { index: number }) {
  const { color, dashes } = lineLookOf(index);
  return (
    <svg aria-hidden viewBox="0 0 28 8" className="h-2 w-7 shrink-0">
      <path d="M0 4h28" stroke={color} strokeWidth="3" strokeDasharray={dashes} />
    </svg>
  );
}
