import { Bar } from 'recharts';

import type { Failure } from '../api';

import { BarEnd, Bars } from './Bars';
import { PointCard } from './PointCard';
import { useDirection } from './direction';
import { Swatch, usePatterns } from './looks';

const ROW = 44;
const KINDS = ['upload', 'instance', 'delivery'] as const satisfies readonly Failure['kind'][];

interface FailureBar {
  key: string;
  kind: Failure['kind'];
  name: string;
  count: number;
  written: string;
}

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  bars: readonly FailureBar[];
  kindOf: (kind: Failure['kind']) => string;
  /** A number as it stands at the axis. */
  tick: (value: number) => string;
}

/** Reasons, the most frequent first; what has failed shows in the pattern. */
export function FailureBars({ label, bars, kindOf, tick }: Props) {
  const { said } = useDirection();
  const { defs, fill } = usePatterns();
  const indexOf = (kind: Failure['kind']) => KINDS.indexOf(kind);
  const kinds = KINDS.filter((kind) => bars.some((bar) => bar.kind === kind));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {kinds.map((kind) => (
          <li key={kind} className="flex items-center gap-2">
            <Swatch index={indexOf(kind)} />
            {kindOf(kind)}
          </li>
        ))}
      </ul>
      <Bars
        label={label}
        rows={bars.map((bar) => ({
          ...bar,
          fill: fill(indexOf(bar.kind)),
          end: said(bar.written),
        }))}
        rowHeight={ROW}
        tick={tick}
        card={({ key, kind, name, written }) => {
          const sample = <Swatch index={indexOf(kind)} />;
          return <PointCard title={name} facts={[{ key, sample, name: kindOf(kind), written }]} />;
        }}
      >
        {defs}
        <Bar dataKey="count" isAnimationActive={false}>
          <BarEnd dataKey="end" />
        </Bar>
      </Bars>
    </div>
  );
}
