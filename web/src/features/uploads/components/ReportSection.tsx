import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { ReportPdf } from '@/shared/reports/ReportPdf';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Skeleton } from '@/shared/ui/Skeleton';

import type { Report } from '../api';
import { CriticalResult } from './CriticalResult';
import { ReportQuestions } from './ReportQuestions';
import { ReportState } from './ReportState';

interface Props {
  report: Report | null;
  error: unknown;
  reload: () => void;
}

/** What a radiologist says about the study, where that stands, and what the sender has to do about it. */
export function ReportSection({ report, error, reload }: Props) {
  const { t } = useTranslation('uploads');
  return (
    <section className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5">
      <h2 className="text-lg font-semibold">{t('report.title')}</h2>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!report && !error && <Skeleton className="h-8 w-64" />}
      {report && (
        <>
          <CurrentState report={report} />
          {report.is_critical && <CriticalResult report={report} onChanged={reload} />}
          {report.pdf_url !== null && <ReportPdf key={report.id} report={report} />}
          {report.questions.length > 0 && <ReportQuestions report={report} onChanged={reload} />}
        </>
      )}
    </section>
  );
}

function CurrentState({ report }: { report: Report }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
      <span role="status">
        <ReportState status={report.status} />
      </span>
      <span className="text-muted">
        {t('report.since', { time: format.dateTime(report.updated_at) })}
      </span>
    </div>
  );
}
