import type { ReactNode } from 'react';
import { BarChart, CartesianGrid, LabelList, Tooltip, XAxis, YAxis } from 'recharts';

import { Frame } from './Frame';
import { NAMES, NameTick } from './NameTick';
import { AXIS_LINE, TEXT, TICK } from './axes';
import { useDirection } from './direction';

const AXIS = 40;
/** Room for what stands at the end of the longest bar. */
const ENDS = 64;
/** Room for what stands on a line across the bars. */
const TOP = 20;

interface Row {
  key: string;
  name: string;
}

interface Props<Item extends Row> {
  /** What it shows, for who does not see it. */
  label: string;
  rows: readonly Item[];
  /** How high one is, in pixels. */
  rowHeight: number;
  /** A value as it stands at the axis. */
  tick: (value: number) => string;
  /** What stands at the axis; undefined: whatever fits whole numbers. */
  ticks?: number[] | undefined;
  /** What a row says, beside it. */
  card: (row: Item) => ReactNode;
  /** The bars of each row, and what else is drawn. */
  children: ReactNode;
}

/** Bars that lie below each other, each with its name. The arrow keys lead from one to the next. */
export function Bars<Item extends Row>(props: Props<Item>) {
  const { label, rows, rowHeight, tick, ticks, card, children } = props;
  const { isRtl, said } = useDirection();
  // Two rows may have the same name: the axis goes by the keys.
  const nameOf = (key: string) => said(rows.find((row) => row.key === key)?.name ?? '');
  return (
    <Frame height={rows.length * rowHeight + AXIS + TOP}>
      <BarChart
        data={[...rows]}
        layout="vertical"
        aria-label={label}
        margin={{ top: TOP, bottom: 0, left: isRtl ? ENDS : 0, right: isRtl ? 0 : ENDS }}
        barCategoryGap="25%"
        barGap={2}
      >
        <CartesianGrid horizontal={false} stroke="var(--line)" />
        <XAxis
          type="number"
          domain={[0, ticks?.at(-1) ?? 'auto']}
          {...(ticks && { ticks })}
          reversed={isRtl}
          allowDecimals={ticks !== undefined}
          tick={TICK}
          axisLine={AXIS_LINE}
          tickLine={AXIS_LINE}
          tickFormatter={(value: number) => said(tick(value))}
        />
        <YAxis
          type="category"
          dataKey="key"
          orientation={isRtl ? 'right' : 'left'}
          width={NAMES}
          interval={0}
          axisLine={AXIS_LINE}
          tickLine={false}
          tick={({ x, y, payload }) => (
            <NameTick x={x} y={y} name={nameOf(String(payload.value))} isRtl={isRtl} />
          )}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--surface-sunken)' }}
          content={({ active, payload }) => {
            const row = payload[0]?.payload as Item | undefined;
            return active && row ? card(row) : null;
          }}
        />
        {children}
      </BarChart>
    </Frame>
  );
}

/** What stands at the end of a bar: the member of its row that has this name. */
export function BarEnd({ dataKey }: { dataKey: string }) {
  return <LabelList dataKey={dataKey} position="right" {...TEXT} />;
}
