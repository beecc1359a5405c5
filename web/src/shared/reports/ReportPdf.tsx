import { Download, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { useOnline } from '@/shared/hooks/useOnline';
import { buttonLook } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Skeleton } from '@/shared/ui/Skeleton';

import type { ReportedStudy } from './pdf';
import { useReportPdf } from './useReportPdf';

/** The report itself, to be read or saved, also without network. */
export function ReportPdf({ report }: { report: ReportedStudy }) {
  const { t } = useTranslation();
  const { url, isOutdated, error, reload } = useReportPdf(report);
  if (error instanceof ApiError && error.code === 'report-pdf-not-ready') {
    return <p className="text-sm text-muted">{t('report.noPdf')}</p>;
  }
  return (
    <>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!url && !error && <NotHere />}
      {url && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <a href={url} target="_blank" rel="noreferrer" className={buttonLook('primary')}>
            <FileText aria-hidden className="size-4" />
            {t('report.open')}
          </a>
          <a href={url} download={`report-${report.id}.pdf`} className={buttonLook('secondary')}>
            <Download aria-hidden className="size-4" />
            {t('report.download')}
          </a>
          <p className="text-sm text-muted">
            {isOutdated ? t('report.outdated') : t('report.kept')}
          </p>
        </div>
      )}
    </>
  );
}

function NotHere() {
  const { t } = useTranslation();
  if (useOnline()) return <Skeleton className="h-11 w-64" />;
  return <p className="text-sm text-muted">{t('report.notKept')}</p>;
}
