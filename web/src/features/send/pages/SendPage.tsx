import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

import { usePreferences } from '@/shared/hooks/usePreferences';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { CannotSend } from '../components/CannotSend';
import { PickSection } from '../components/PickSection';
import { QueueSection } from '../components/QueueSection';
import { useOutbox } from '../outbox/current';
import { canSend } from '../outbox/platform';
import type { ReadyStudy } from '../study/ready';

/** Few come here for a question: it is loaded for them alone. */
const AnswerSection = lazy(() => import('../components/AnswerSection'));

/**
 * Pick studies, say about them what is to be known, and see how far they have come. With `?report=` it is more of the
 * study that a radiologist asks about.
 */
export default function SendPage() {
  const { t } = useTranslation('queue');
  const [parameters] = useSearchParams();
  const reportId = parameters.get('report');
  return (
    <div className="flex flex-col gap-6">
      <PageHeading title={t(reportId ? 'answerPage' : 'page')} />
      {canSend() ? (
        <>
          <Picking key={reportId} reportId={reportId} />
          <QueueSection />
        </>
      ) : (
        <CannotSend />
      )}
    </div>
  );
}

function Picking({ reportId }: { reportId: string | null }) {
  const { serviceLevel } = usePreferences();
  const outbox = useOutbox();

  const send = async (ready: ReadyStudy[]) => {
    if (!outbox) throw new Error('the outbox is not open yet');
    for (const study of ready) await outbox.add(study);
  };

  return reportId ? (
    <Suspense fallback={<RowsSkeleton rows={2} />}>
      <AnswerSection reportId={reportId} onSend={send} />
    </Suspense>
  ) : (
    <PickSection defaultServiceLevel={serviceLevel} onSend={send} />
  );
}
