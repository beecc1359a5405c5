import { Equal, TrendingDown, TrendingUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Change } from '../change';
import { useFigures } from '../hooks/useFigures';
import type { Period } from '../question';

/** What is compared, which decides the words: there is more of something, a rate is higher, and a time longer. */
export type Measure = 'count' | 'bytes' | 'rate' | 'time';

interface Props {
  change: Change;
  measure: Measure;
  period: Period;
}

const ICONS = { more: TrendingUp, less: TrendingDown, same: Equal } as const;

/** How a number compares with that of the period before: in words, with a sign. */
export function ChangeText({ change, measure, period }: Props) {
  const words = useWords(measure, period);
  const Icon = change.kind === 'noneBefore' ? null : ICONS[change.kind];
  return (
    <span className="mt-auto flex items-start gap-1.5 pt-1 text-sm">
      {Icon && <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted rtl:-scale-x-100" />}
      <span className="min-w-0">{words(change)}</span>
    </span>
  );
}

function useWords(measure: Measure, period: Period): (change: Change) => string {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const before = period === 'all' ? '' : t(`before.${period}`);
  const amount: Record<Measure, (by: number) => string> = {
    count: format.count,
    bytes: format.bytes,
    rate: (by) => format.decimal(by * 100),
    time: format.duration,
  };
  return (change) => {
    if (change.kind === 'noneBefore') return t('change.noneBefore');
    if (change.kind === 'same') return t('change.same', { before });
    const { kind, by, share } = change;
    const said = { before, amount: amount[measure](by) };
    if (measure === 'rate') {
      return t(`change.rate.${kind}`, { before, count: by * 100, formatted: said.amount });
    }
    if (measure === 'time') return t(`change.time.${kind}`, said);
    const text = t(`change.${measure}.${kind}`, said);
    if (share === null) return text;
    return `${text} (${format.signedShare(kind === 'more' ? share : -share)})`;
  };
}
