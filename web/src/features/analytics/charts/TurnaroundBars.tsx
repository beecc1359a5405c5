import { Bar, ReferenceLine } from 'recharts';

import { BarEnd, Bars } from './Bars';
import { PointCard } from './PointCard';
import { marksTo, TEXT } from './axes';
import { useDirection } from './direction';
import { Swatch, usePatterns } from './looks';

const ROW = 60;
/** The target is never beyond the edge. */
const TARGET = 1;

interface Level {
  key: string;
  name: string;
  /** Of the target: 1 is as long as was promised. */
  half: number;
  most: number;
  halfWritten: string;
  mostWritten: string;
  targetWritten: string;
}

interface Words {
  half: string;
  most: string;
  target: string;
}

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  levels: readonly Level[];
  words: Words;
  /** A share of the target as it stands at the axis. */
  tick: (share: number) => string;
}

/** Times of waiting as shares of the target, so that minutes and days can be seen side by side. */
export function TurnaroundBars({ label, levels, words, tick }: Props) {
  const { said } = useDirection();
  const { defs, fill } = usePatterns();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {[words.half, words.most].map((word, index) => (
          <li key={word} className="flex items-center gap-2">
            <Swatch index={index} />
            {word}
          </li>
        ))}
      </ul>
      <Bars
        label={label}
        rows={levels.map((level) => ({
          ...level,
          halfEnd: said(level.halfWritten),
          mostEnd: said(level.mostWritten),
        }))}
        rowHeight={ROW}
        tick={tick}
        ticks={marksTo(Math.max(TARGET, ...levels.map(({ most }) => most)))}
        card={(level) => <PointCard title={level.name} facts={factsOf(level, words)} />}
      >
        {defs}
        <Bar dataKey="half" fill={fill(0)} isAnimationActive={false}>
          <BarEnd dataKey="halfEnd" />
        </Bar>
        <Bar dataKey="most" fill={fill(1)} isAnimationActive={false}>
          <BarEnd dataKey="mostEnd" />
        </Bar>
        <ReferenceLine
          x={TARGET}
          stroke="var(--ink)"
          strokeWidth={2}
          strokeDasharray="5 3"
          label={{ ...TEXT, value: said(words.target), position: 'top' }}
        />
      </Bars>
    </div>
  );
}

function factsOf(level: Level, words: Words) {
  return [
    { key: 'half', sample: <Swatch index={0} />, name: words.half, written: level.halfWritten },
    { key: 'most', sample: <Swatch index={1} />, name: words.most, written: level.mostWritten },
    { key: 'target', sample: null, name: words.target, written: level.targetWritten },
  ];
}
