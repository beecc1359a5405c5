import { useTranslation } from 'react-i18next';

import { PERIODS, type Question } from '../question';

import { Segments } from './Segments';
import { SiteChoice } from './SiteChoice';
import { UserChoice } from './UserChoice';

interface Props {
  question: Question;
  mayNarrow: boolean;
  onChange: (changes: Partial<Question>) => void;
}

/** Of which time the numbers are, and for administrators of which site and whom. */
export function QuestionBar({ question, mayNarrow, onChange }: Props) {
  const { t } = useTranslation('analytics');
  const { period, siteId, userId } = question;
  return (
    <section
      aria-label={t('filter.region')}
      className="flex flex-wrap items-end gap-x-6 gap-y-4 rounded-card border border-line bg-surface p-4"
    >
      <div className="max-sm:basis-full">
        <Segments
          legend={t('filter.period')}
          value={period}
          segments={PERIODS.map((value) => ({
            value,
            name: t(`period.${value}`),
            short: t(`short.${value}`),
          }))}
          onChange={(chosen) => onChange({ period: chosen })}
        />
      </div>
      {mayNarrow && (
        <div className="grid min-w-0 grow gap-3 max-sm:basis-full sm:grid-cols-2 lg:max-w-2xl">
          <SiteChoice
            siteId={siteId}
            // Who was chosen among the people of one site is seldom of another.
            onChange={(chosen) => onChange({ siteId: chosen, userId: null })}
          />
          <UserChoice
            siteId={siteId}
            userId={userId}
            onChange={(chosen) => onChange({ userId: chosen })}
          />
        </div>
      )}
    </section>
  );
}
