import { Pie, PieChart } from 'recharts';

import { useDirection } from './direction';
import { Swatch, usePatterns } from './looks';

const SIZE = 200;
const TOP = 90;

interface Part {
  key: string;
  name: string;
  count: number;
  written: string;
}

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  slices: readonly Part[];
}

/** What a whole is made of, with a legend that says the same in numbers. It begins at the top, and runs as one reads. */
export function MixPie({ label, slices }: Props) {
  const { isRtl } = useDirection();
  const { defs, fill } = usePatterns();
  const turn = isRtl ? 360 : -360;
  return (
    <div className="flex flex-wrap items-center gap-x-8 gap-y-4">
      <div dir="ltr" className="mx-auto shrink-0">
        <PieChart
          width={SIZE}
          height={SIZE}
          role="img"
          accessibilityLayer={false}
          aria-label={`${label}: ${slices.map(({ name, written }) => `${name} ${written}`).join('; ')}`}
        >
          {defs}
          <Pie
            data={slices.map((slice, index) => ({ ...slice, fill: fill(index) }))}
            dataKey="count"
            nameKey="name"
            startAngle={TOP}
            endAngle={TOP + turn}
            innerRadius="55%"
            outerRadius="98%"
            stroke="var(--surface)"
            strokeWidth={2}
            rootTabIndex={-1}
            isAnimationActive={false}
          />
        </PieChart>
      </div>
      <ul aria-hidden className="flex min-w-48 grow flex-col gap-1.5 text-sm">
        {slices.map(({ key, name, written }, index) => (
          <li key={key} className="flex items-center gap-2.5">
            <Swatch index={index} />
            <span className="min-w-0 grow break-words">{name}</span>
            <span className="font-semibold tabular-nums">{written}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
