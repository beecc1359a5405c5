import { useTranslation } from 'react-i18next';

import type { Summary } from '../api';
import { useFigures } from '../hooks/useFigures';
import { isNarrowed, type Question } from '../question';

interface Props {
  summary: Summary;
  question: Question;
}

/** Whose numbers these are, of which days, and when they were counted. */
export function WhoseNumbers({ summary, question }: Props) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const { scope, start, end, generated_at: made } = summary;
  return (
    <p className="text-sm text-muted">
      <span className="font-semibold text-ink">
        {isNarrowed(question) ? t('scope.narrowed') : t(`scope.${scope}`)}
      </span>
      {' · '}
      {t('days', { days: format.days(start, end) })}
      {' · '}
      {t('made', { time: format.dateTime(made) })}
    </p>
  );
}
