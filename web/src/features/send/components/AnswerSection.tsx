import { FileQuestion, MessageCircleOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { ApiError, UnreachableError } from '@/shared/api/problem';
import type { Report } from '@/shared/reports/report';
import { useReport } from '@/shared/reports/useReport';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import type { ReadyStudy } from '../study/ready';
import { AskedStudy, ReportLink } from './AskedStudy';
import { PickSection } from './PickSection';

interface Props {
  reportId: string;
  onSend: (ready: ReadyStudy[]) => Promise<void>;
}

/** Sending more of a study that a radiologist has asked about, and of no other; then the way back to the report. */
export default function AnswerSection({ reportId, onSend }: Props) {
  const { report, error, reload } = useReport(reportId);
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NoSuchReport />;
  if (error) return <ProblemAlert error={error} onRetry={reload} />;
  if (!report) return <RowsSkeleton rows={2} />;
  // What an older version of the app has kept does not say which study it is.
  if (!report.study_instance_uid)
    return <ProblemAlert error={new UnreachableError()} onRetry={reload} />;
  return <Answer report={report} onSend={onSend} />;
}

function Answer({ report, onSend }: { report: Report; onSend: Props['onSend'] }) {
  const [isSent, setSent] = useState(false);
  const isAsked = report.questions.some(({ answered_at: answeredAt }) => answeredAt === null);
  if (isSent) return <UnderWay reportId={report.id} onMore={() => setSent(false)} />;
  if (!isAsked) return <NothingAsked reportId={report.id} />;
  return (
    <>
      <AskedStudy report={report} />
      <PickSection
        asked={report}
        defaultServiceLevel={report.service_level}
        onSend={async (ready) => {
          await onSend(ready);
          setSent(true);
        }}
      />
    </>
  );
}

function UnderWay({ reportId, onMore }: { reportId: string; onMore: () => void }) {
  const { t } = useTranslation('pick');
  const notice = useRef<HTMLDivElement>(null);
  // The button that had the focus has gone with the study that it sent.
  useEffect(() => notice.current?.focus(), []);
  return (
    <div ref={notice} tabIndex={-1} className="outline-none">
      <Alert tone="positive" title={t('asked.sentTitle')}>
        <p>{t('asked.sentDetail')}</p>
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-2">
          <ReportLink reportId={reportId} />
          <Button onClick={onMore}>{t('asked.more')}</Button>
        </div>
      </Alert>
    </div>
  );
}

function NothingAsked({ reportId }: { reportId: string }) {
  const { t } = useTranslation('pick');
  return (
    <EmptyState icon={MessageCircleOff} title={t('asked.nothingTitle')}>
      <p>{t('asked.nothingDetail')}</p>
      <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2">
        <ReportLink reportId={reportId} />
        <Unasked />
      </div>
    </EmptyState>
  );
}

function NoSuchReport() {
  const { t } = useTranslation('pick');
  return (
    <EmptyState icon={FileQuestion} title={t('asked.notFoundTitle')}>
      <p>{t('asked.notFoundDetail')}</p>
      <Unasked />
    </EmptyState>
  );
}

/** Sending a study that nobody has asked for, as always. */
function Unasked() {
  const { t } = useTranslation('pick');
  return (
    <Link
      to="/send"
      className="inline-flex min-h-11 items-center text-sm font-medium text-brand underline"
    >
      {t('asked.sendAnother')}
    </Link>
  );
}
