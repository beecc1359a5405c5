import { useTranslation } from 'react-i18next';

import type { Figures } from '../api';
import { shareOf } from '../change';
import { useFigures } from '../hooks/useFigures';
import { slicesOf, sortedCounts, sum, type Count } from '../mix';

import { ChartSection } from './ChartSection';

/** What kinds of studies there were, and how urgent they were. */
export function MixSections({ figures }: { figures: Figures }) {
  const { t } = useTranslation(['analytics', 'common']);
  return (
    <>
      <MixSection
        title={t('mix.modality')}
        column={t('common:modality.label')}
        counts={figures.by_modality}
        nameOf={(key) => t(`common:modality.${key}`)}
      />
      <MixSection
        title={t('mix.serviceLevel')}
        column={t('mix.level')}
        counts={figures.by_service_level}
        nameOf={(key) => t(`common:serviceLevel.${key}`)}
      />
    </>
  );
}

interface Props<Key extends string> {
  title: string;
  /** What the parts are called together. */
  column: string;
  counts: readonly Count<Key>[];
  nameOf: (key: Key) => string;
}

function MixSection<Key extends string>({ title, column, counts, nameOf }: Props<Key>) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const sorted = sortedCounts(counts);
  const whole = sum(sorted);
  const share = (part: number) => format.share(shareOf(part, whole) ?? 0);
  return (
    <ChartSection
      title={title}
      nothing={whole > 0 ? undefined : t('nothingInPeriod')}
      table={{
        columns: [column, t('mix.studies'), t('mix.share')],
        rows: sorted.map(({ key, count }) => ({
          key,
          cells: [nameOf(key), format.count(count), share(count)],
        })),
      }}
      chart={({ MixPie }) => (
        <MixPie
          label={title}
          slices={slicesOf(counts).map(({ key, count }) => ({
            key: key ?? 'rest',
            name: key === null ? t('mix.rest') : nameOf(key),
            count,
            written: `${format.count(count)} · ${share(count)}`,
          }))}
        />
      )}
    />
  );
}
