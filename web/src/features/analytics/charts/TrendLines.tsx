import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';

import type { TrendPoint } from '../api';

import { Frame } from './Frame';
import { PointCard } from './PointCard';
import { AXIS_LINE, TICK } from './axes';
import { useDirection } from './direction';
import { lineLookOf, LineSample } from './looks';

const HEIGHT = 260;
/** Up to so many points each has a mark of its own. */
const MOST_MARKS = 31;

interface Series {
  key: Exclude<keyof TrendPoint, 'start'>;
  name: string;
  written: (value: number) => string;
}

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  points: readonly TrendPoint[];
  /** What stands at the axis. */
  nameOf: (point: TrendPoint) => string;
  /** What stands above what a point says. */
  titleOf: (point: TrendPoint) => string;
  series: readonly Series[];
  /** A value as it stands at the axis. */
  tick: (value: number) => string;
}

/** What becomes more and less over time. The arrow keys lead from point to point. */
export function TrendLines({ label, points, nameOf, titleOf, series, tick }: Props) {
  const { isRtl, said } = useDirection();
  const data = points.map((point) => ({ ...point, name: said(nameOf(point)) }));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {series.length > 1 && <Legend series={series} />}
      <Frame height={HEIGHT}>
        <LineChart
          data={data}
          aria-label={label}
          margin={{ top: 8, right: isRtl ? 0 : 24, left: isRtl ? 24 : 0 }}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="name"
            reversed={isRtl}
            tick={TICK}
            axisLine={AXIS_LINE}
            tickLine={AXIS_LINE}
            minTickGap={16}
          />
          <YAxis
            width="auto"
            orientation={isRtl ? 'right' : 'left'}
            allowDecimals={false}
            tick={TICK}
            axisLine={false}
            tickLine={false}
            tickFormatter={(value: number) => said(tick(value))}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ active, payload }) => {
              const point = payload[0]?.payload as TrendPoint | undefined;
              return active && point ? (
                <PointCard title={titleOf(point)} facts={factsOf(point, series)} />
              ) : null;
            }}
          />
          {series.map(({ key, name }, index) => {
            const { color, dashes } = lineLookOf(index);
            return (
              <Line
                key={key}
                dataKey={key}
                name={name}
                type="linear"
                stroke={color}
                strokeWidth={2.5}
                strokeDasharray={dashes}
                dot={points.length <= MOST_MARKS && { r: 2.5, fill: color, strokeDasharray: '' }}
                activeDot={{ r: 5, fill: color, stroke: 'var(--surface)' }}
                isAnimationActive={false}
              />
            );
          })}
        </LineChart>
      </Frame>
    </div>
  );
}

function factsOf(point: TrendPoint, series: readonly Series[]) {
  return series.map(({ key, name, written }, index) => ({
    key,
    name,
    sample: series.length > 1 && <LineSample index={index} />,
    written: written(point[key]),
  }));
}

function Legend({ series }: Pick<Props, 'series'>) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {series.map(({ key, name }, index) => (
        <li key={key} className="flex items-center gap-2">
          <LineSample index={index} />
          {name}
        </li>
      ))}
    </ul>
  );
}
