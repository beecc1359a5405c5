import { useTranslation } from 'react-i18next';

import type { Failure } from '../api';
import { useFailureName } from '../hooks/useFailureName';
import { useFigures } from '../hooks/useFigures';
import { sortedCounts } from '../mix';

import { ChartSection } from './ChartSection';

/** More bars than these cannot be read; the table has all of them. */
const MOST_BARS = 8;

/** What has failed, and why. */
export function FailureSection({ failures }: { failures: readonly Failure[] }) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const nameOf = useFailureName();
  const sorted = sortedCounts(failures);
  const keyOf = ({ kind, reason }: Failure) => `${kind} ${reason}`;
  const bars = sorted.slice(0, MOST_BARS);
  const [most] = sorted;
  return (
    <ChartSection
      title={t('failures.title')}
      intro={t('failures.intro')}
      nothing={sorted.length > 0 ? undefined : t('failures.none')}
      table={{
        columns: [t('failures.reason'), t('failures.what'), t('failures.count')],
        rows: sorted.map((failure) => ({
          key: keyOf(failure),
          cells: [nameOf(failure), t(`kind.${failure.kind}`), format.count(failure.count)],
        })),
      }}
      chart={({ FailureBars }) => (
        <>
          <FailureBars
            label={t('failures.label', {
              title: t('failures.title'),
              name: most ? nameOf(most) : '',
              often: format.count(most?.count ?? 0),
            })}
            bars={bars.map((failure) => ({
              key: keyOf(failure),
              kind: failure.kind,
              name: nameOf(failure),
              count: failure.count,
              written: format.count(failure.count),
            }))}
            kindOf={(kind) => t(`kind.${kind}`)}
            tick={format.short}
          />
          {sorted.length > bars.length && (
            <p className="text-sm text-muted">{t('failures.more')}</p>
          )}
        </>
      )}
    />
  );
}
