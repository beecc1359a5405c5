import { useTranslation } from 'react-i18next';

import type { Change } from '../change';
import type { Period } from '../question';

import { ChangeText, type Measure } from './ChangeText';

interface Props {
  name: string;
  /** Null where there is no number yet. */
  value: string | null;
  detail?: string | undefined;
  change: Change | null;
  measure: Measure;
  period: Period;
}

/** One number, what belongs to it, and how it compares. */
export function FigureCard({ name, value, detail, change, measure, period }: Props) {
  const { t } = useTranslation('analytics');
  return (
    <div className="flex min-w-0 flex-col gap-1 rounded-card border border-line bg-surface p-3 sm:p-4">
      <dt className="text-sm font-semibold text-muted">{name}</dt>
      <dd className="flex min-w-0 grow flex-col gap-1">
        {value === null ? (
          <span className="text-lg text-muted">{t('nothingYet')}</span>
        ) : (
          <span className="text-xl font-semibold break-words sm:text-2xl tabular-nums">
            {value}
          </span>
        )}
        {detail !== undefined && <span className="text-sm text-muted">{detail}</span>}
        {change && <ChangeText change={change} measure={measure} period={period} />}
      </dd>
    </div>
  );
}
