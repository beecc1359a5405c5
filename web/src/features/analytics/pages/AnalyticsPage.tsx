import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { PageHeading } from '@/shared/ui/PageHeading';

import { NumbersSkeleton } from '../components/NumbersSkeleton';
import { NumbersView } from '../components/NumbersView';
import { QuestionBar } from '../components/QuestionBar';
import { useQuestion } from '../hooks/useQuestion';
import { nameOf } from '../question';

/** How much was sent, how well it went, and how long it took: of what the person may see. */
export default function AnalyticsPage() {
  const { t } = useTranslation('analytics');
  const isKnown = useCurrentUser() !== null;
  const { question, mayNarrow, change } = useQuestion();
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('title')} />
      <QuestionBar question={question} mayNarrow={mayNarrow} onChange={change} />
      {isKnown ? (
        <NumbersView key={nameOf(question)} question={question} onChange={change} />
      ) : (
        <NumbersSkeleton />
      )}
    </div>
  );
}
