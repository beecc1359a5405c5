import { useTranslation } from 'react-i18next';

import { Freshness } from '@/shared/ui/Freshness';

import type { Numbers } from '../api';
import { useNumbers } from '../hooks/useNumbers';
import type { Question } from '../question';

import { Definitions } from './Definitions';
import { ExportButtons } from './ExportButtons';
import { FailureSection } from './FailureSection';
import { FigureCards } from './FigureCards';
import { MixSections } from './MixSections';
import { NothingSent } from './NothingSent';
import { NumbersSkeleton } from './NumbersSkeleton';
import { TrendSections } from './TrendSections';
import { TurnaroundSection } from './TurnaroundSection';
import { WhoseNumbers } from './WhoseNumbers';

interface Props {
  question: Question;
  onChange: (changes: Partial<Question>) => void;
}

/** The numbers of one question in all their states. Give it a key of its own for each. */
export function NumbersView({ question, onChange }: Props) {
  const { numbers, error, asOf, reload } = useNumbers(question);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <WhoseNumbers summary={numbers?.summary ?? null} question={question} />
        <Freshness asOf={asOf} error={error} onRetry={reload} />
      </div>
      {numbers ? (
        <Found numbers={numbers} question={question} onChange={onChange} />
      ) : (
        !error && <NumbersSkeleton />
      )}
    </div>
  );
}

function Found({ numbers, question, onChange }: Props & { numbers: Numbers }) {
  const { t } = useTranslation('analytics');
  const { summary, trend, turnaround } = numbers;
  const { now } = summary;
  return (
    <>
      <h2 className="sr-only">{t('figures.title')}</h2>
      <FigureCards summary={summary} period={question.period} />
      {isEmpty(numbers) ? (
        <NothingSent scope={summary.scope} question={question} onChange={onChange} />
      ) : (
        <>
          <TrendSections trend={trend} />
          <div className="grid gap-5 lg:grid-cols-2">
            <MixSections figures={now} />
            <FailureSection failures={now.failures} />
            <TurnaroundSection turnaround={turnaround} />
          </div>
          <ExportButtons question={question} />
        </>
      )}
      <Definitions />
    </>
  );
}

function isEmpty({ summary: { now }, turnaround }: Numbers): boolean {
  const reported = turnaround.levels.some(({ count }) => count > 0);
  return now.uploads === 0 && now.reports_ready === 0 && now.failures.length === 0 && !reported;
}
