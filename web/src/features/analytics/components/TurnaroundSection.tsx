import { useTranslation } from 'react-i18next';

import { SERVICE_LEVELS } from '@/shared/preferences';

import type { LevelTurnaround, Turnaround } from '../api';
import { shareOf } from '../change';
import { useFigures } from '../hooks/useFigures';

import { ChartSection } from './ChartSection';

/** How long studies waited for their reports, by how urgent they were, against what was promised. */
export function TurnaroundSection({ turnaround }: { turnaround: Turnaround }) {
  const { t } = useTranslation(['analytics', 'common']);
  const format = useFigures();
  const { before } = turnaround;
  const levels = inOrder(turnaround.levels);
  const halfBefore = ({ service_level: level }: LevelTurnaround) =>
    before?.find(({ service_level: own }) => own === level)?.p50_seconds ?? null;
  const nameOf = ({ service_level: level }: LevelTurnaround) => t(`common:serviceLevel.${level}`);
  const time = (seconds: number | null) => (seconds === null ? '–' : format.duration(seconds));
  const within = ({ count, within_target: kept }: LevelTurnaround) => {
    const share = shareOf(kept, count);
    return share === null ? '–' : format.share(share);
  };
  return (
    <ChartSection
      title={t('turnaround.title')}
      intro={t('turnaround.intro')}
      nothing={levels.some(({ count }) => count > 0) ? undefined : t('turnaround.none')}
      table={{
        columns: [
          t('mix.level'),
          t('turnaround.half'),
          t('turnaround.most'),
          t('turnaround.target'),
          t('turnaround.within'),
          t('turnaround.reports'),
          ...(before ? [t('turnaround.halfBefore')] : []),
        ],
        rows: levels.map((level) => ({
          key: level.service_level,
          cells: [
            nameOf(level),
            time(level.p50_seconds),
            time(level.p95_seconds),
            time(level.target_seconds),
            within(level),
            format.count(level.count),
            ...(before ? [time(halfBefore(level))] : []),
          ],
        })),
      }}
      chart={({ TurnaroundBars }) => (
        <TurnaroundBars
          label={t('turnaround.label', { title: t('turnaround.title') })}
          levels={levels.map((level) => ({
            key: level.service_level,
            name: nameOf(level),
            half: shareOf(level.p50_seconds ?? 0, level.target_seconds) ?? 0,
            most: shareOf(level.p95_seconds ?? 0, level.target_seconds) ?? 0,
            halfWritten: time(level.p50_seconds),
            mostWritten: time(level.p95_seconds),
            targetWritten: time(level.target_seconds),
          }))}
          words={{
            half: t('turnaround.half'),
            most: t('turnaround.most'),
            target: t('turnaround.target'),
          }}
          tick={format.share}
        />
      )}
    />
  );
}

function inOrder(levels: readonly LevelTurnaround[]): LevelTurnaround[] {
  return SERVICE_LEVELS.flatMap((level) =>
    levels.filter(({ service_level: own }) => own === level),
  );
}
