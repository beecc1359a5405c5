import { useTranslation } from 'react-i18next';

import type { Summary } from '../api';
import { useFigures } from '../hooks/useFigures';
import { isNarrowed, type Question } from '../question';

interface Props {
  /** Null while they are on their way. */
  summary: Summary | null;
  question: Question;
}

/** Whose numbers these are, of which days, and when they were counted. What changes with the question is read out. */
export function WhoseNumbers({ summary, question }: Props) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  return (
    <p className="text-sm text-muted">
      <span role="status">
        {summary && (
          <>
            <span className="font-semibold text-ink">
              {isNarrowed(question) ? t('scope.narrowed') : t(`scope.${summary.scope}`)}
            </span>
            {' · '}
            {t('days', { days: format.days(summary.start, summary.end) })}
          </>
        )}
      </span>
      {summary && ` · ${t('made', { time: format.dateTime(summary.generated_at) })}`}
    </p>
  );
}
