import { FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import { ApiError } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { useReport } from '@/shared/reports/useReport';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeading } from '@/shared/ui/PageHeading';
import { PatientName } from '@/shared/ui/PatientName';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import type { Report } from '../api';
import { ReportSection } from '../components/ReportSection';

/** A report by itself: what a notification of it leads to, whoever of several has sent the study. */
export default function ReportPage() {
  const { reportId = '' } = useParams();
  return <CurrentReport key={reportId} reportId={reportId} />;
}

function CurrentReport({ reportId }: { reportId: string }) {
  const { t } = useTranslation('uploads');
  const { report, error, reload } = useReport(reportId);
  if (error instanceof ApiError && [400, 404].includes(error.status)) {
    return (
      <EmptyState level={1} icon={FileQuestion} title={t('report.notFoundTitle')}>
        <p>{t('report.notFoundDetail')}</p>
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      {report ? (
        <Heading report={report} />
      ) : (
        <>
          <PageHeading title={t('report.title')} />
          {!error && <PageSkeleton />}
        </>
      )}
      {(report ?? error) !== null && (
        <ReportSection report={report} error={error} reload={reload} />
      )}
    </div>
  );
}

function Heading({ report }: { report: Report }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  return (
    <header className="flex flex-col gap-2">
      {/* The tab's title names no patient: it ends up in histories and task bars. */}
      <PageHeading title={t('report.title')}>
        <PatientName name={report.patient_name} />
      </PageHeading>
      <p className="text-sm text-muted">
        {report.modality} · {format.dicomDate(report.study_date)}
        {report.study_description && (
          <>
            {' · '}
            <bdi>{report.study_description}</bdi>
          </>
        )}
      </p>
    </header>
  );
}
