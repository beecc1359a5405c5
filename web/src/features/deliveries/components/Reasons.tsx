import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { CauseAdvice } from '@/shared/pacs/CauseAdvice';
import { CauseLabel } from '@/shared/pacs/CauseLabel';
import { knownCause } from '@/shared/pacs/causes';
import { Section } from '@/shared/ui/Section';

import type { Delivery } from '../api';

/** Why it does not go on: the delivery as a whole, and its instances by what the destination says of them. */
export function Reasons({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const cause = knownCause(delivery.last_cause);
  const { reasons, last_reason: words } = delivery;
  if (!cause && !words && reasons.length === 0) return null;
  return (
    <Section title={t('why')} state={cause && <CauseLabel cause={cause} />}>
      {cause ? (
        <CauseAdvice cause={cause} words={reasons.length > 0 ? '' : words} />
      ) : (
        words && <p className="text-sm">{words}</p>
      )}
      {reasons.length > 0 && (
        <ul className="divide-y divide-line rounded-card border border-line text-sm">
          {reasons.map((reason) => (
            <li key={reason.reason} className="flex flex-wrap justify-between gap-x-4 px-4 py-3">
              <bdi className="min-w-0 font-mono break-words">{reason.reason}</bdi>
              <span className="text-muted">
                {t('instanceCount', {
                  count: reason.count,
                  formatted: format.count(reason.count),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
