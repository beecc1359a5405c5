import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { CauseLabel } from '@/shared/pacs/CauseLabel';

import type { Destination } from '../api';
import { causesOf } from '../health';

const STATES = ['waiting', 'attention', 'paused'] as const;

/** How much is on its way there, and why some of it is stuck: each leads to those deliveries. */
export function Queue({ destination }: { destination: Destination }) {
  const { t } = useTranslation('destinations');
  const format = useFormat();
  const { id, deliveries } = destination;
  const states = STATES.filter((state) => (deliveries[state] ?? 0) > 0);
  const causes = causesOf(destination);
  if (states.length === 0) return <p className="text-sm text-muted">{t('queue.none')}</p>;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <ul className="flex flex-wrap gap-x-4">
        {states.map((state) => {
          const count = deliveries[state] ?? 0;
          return (
            <li key={state}>
              <Link
                to={`/admin/deliveries?destination=${id}&state=${state}`}
                className="inline-flex min-h-11 items-center font-medium text-brand underline"
              >
                {t(`queue.${state}`, { count, formatted: format.count(count) })}
              </Link>
            </li>
          );
        })}
      </ul>
      {causes.length > 0 && (
        <ul aria-label={t('queue.causes')} className="flex flex-wrap gap-x-4 gap-y-1">
          {causes.map(([cause, count]) => (
            <li key={cause} className="flex items-center">
              <Link
                to={`/admin/deliveries?destination=${id}&cause=${cause}`}
                className="inline-flex min-h-11 items-center gap-2 font-medium text-brand underline"
              >
                <CauseLabel cause={cause} tone="caution" />{' '}
                {t('queue.stuck', { count, formatted: format.count(count) })}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
