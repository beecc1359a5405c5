import { FileX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { EmptyState } from '@/shared/ui/EmptyState';

import { useSelection } from '../hooks/useSelection';
import { SendAllBar } from './SendAllBar';
import { SkippedList } from './SkippedList';
import { StudyCard } from './StudyCard';

/** The studies that were found, each with its form, and what is left out. */
export function FoundStudies() {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const { asked, state, scan } = useSelection();
  const count = scan.studies.length;
  const heading = useHeadingFocus(state.phase === 'found', count);
  const unfiled = scan.skipped.filter(({ studyUid }) => studyUid === null);

  if (state.phase === 'scanning' && count === 0) return null;
  return (
    // What takes the focus scrolls clear of the bar at the bottom.
    <section aria-labelledby="found-studies" className="flex flex-col gap-4 **:scroll-mb-28">
      <h2
        id="found-studies"
        ref={heading}
        tabIndex={-1}
        className={count > 0 ? 'text-lg font-semibold outline-none' : 'sr-only'}
      >
        {t('result.title')}
      </h2>
      <p role="status" className="sr-only">
        {state.phase === 'found' &&
          t('result.announced', { count, formatted: format.count(count) })}
      </p>
      {state.phase === 'found' && count === 0 && unfiled.length > 0 && (
        <EmptyState icon={FileX} title={t(asked ? 'result.noneAskedTitle' : 'result.noneTitle')}>
          <p>{t(asked ? 'result.noneAskedDetail' : 'result.noneDetail')}</p>
        </EmptyState>
      )}
      {scan.studies.map((study) => (
        <StudyCard key={study.uid} study={study} />
      ))}
      <SkippedList skipped={unfiled} />
      <SendAllBar />
    </section>
  );
}

/** Lead to the heading once studies are found, and when a card with the focus in it is gone. */
function useHeadingFocus(found: boolean, count: number) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (found && lost) heading.current?.focus({ preventScroll: count === 0 });
  }, [found, count]);
  return heading;
}
