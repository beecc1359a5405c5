import { useTranslation } from 'react-i18next';

import type { Trend, TrendPoint } from '../api';
import { useFigures } from '../hooks/useFigures';

import { ChartSection } from './ChartSection';

/** What of a point is counted. */
export type TrendKey = Exclude<keyof TrendPoint, 'start'>;

/** How many studies there were, how they went, how large they were, and what was reported, over the period. */
export function TrendSections({ trend }: { trend: Trend }) {
  const { t } = useTranslation('analytics');
  return (
    <>
      <TrendSection
        title={t('trend.studies')}
        trend={trend}
        keys={['uploads', 'completed', 'failed']}
      />
      <div className="grid gap-5 lg:grid-cols-2">
        <TrendSection title={t('trend.data')} trend={trend} keys={['bytes']} />
        <TrendSection title={t('trend.reports')} trend={trend} keys={['reports_ready']} />
      </div>
    </>
  );
}

interface Props {
  title: string;
  trend: Trend;
  /** What is shown, the sum or what matters most first. */
  keys: readonly [TrendKey, ...TrendKey[]];
}

function TrendSection({ title, trend, keys }: Props) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const { points, grain } = trend;
  const written = (key: TrendKey, value: number) =>
    key === 'bytes' ? format.bytes(value) : format.count(value);
  const at = ({ start }: TrendPoint) => format.point(start, grain);
  const highest = highestOf(points, keys[0]);
  return (
    <ChartSection
      title={title}
      nothing={highest ? undefined : t('nothingInPeriod')}
      table={{
        columns: [t(`grain.${grain}`), ...keys.map((key) => t(`series.${key}`))],
        rows: points.map((point) => ({
          key: point.start,
          cells: [at(point), ...keys.map((key) => written(key, point[key]))],
        })),
      }}
      chart={({ TrendLines }) => (
        <TrendLines
          label={t('trend.label', {
            title,
            most: highest ? written(keys[0], highest[keys[0]]) : '',
            when: highest ? at(highest) : '',
          })}
          points={points}
          nameOf={at}
          titleOf={(point) => (grain === 'week' ? `${t('grain.week')} ${at(point)}` : at(point))}
          series={keys.map((key) => ({
            key,
            name: t(`series.${key}`),
            written: (value) => written(key, value),
          }))}
          // At an axis a size needs its unit, and a number has to be short.
          tick={keys[0] === 'bytes' ? format.bytes : format.short}
        />
      )}
    />
  );
}

/** The point with the highest value; null where all are zero. */
function highestOf(points: readonly TrendPoint[], key: TrendKey): TrendPoint | null {
  return points.reduce<TrendPoint | null>(
    (highest, point) => (point[key] > (highest?.[key] ?? 0) ? point : highest),
    null,
  );
}
