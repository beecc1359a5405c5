import {
  CircleCheck,
  ClipboardList,
  Glasses,
  MessageCircleQuestion,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Skeleton } from '@/shared/ui/Skeleton';
import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Report } from '../api';
import { useReport } from '../hooks/useReport';
import { ReportPdf } from './ReportPdf';

const looks: Record<Report['status'], { tone: Tone; icon: LucideIcon }> = {
  assigned: { tone: 'neutral', icon: ClipboardList },
  pending: { tone: 'active', icon: Glasses },
  ready: { tone: 'positive', icon: CircleCheck },
  additional_data_required: { tone: 'caution', icon: MessageCircleQuestion },
};

/** What a radiologist says about the study, and where that stands. */
export function ReportSection({ reportId }: { reportId: string }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { report, error, reload } = useReport(reportId);
  return (
    <section className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4 sm:p-5">
      <h2 className="text-lg font-semibold">{t('report.title')}</h2>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!report && !error && <Skeleton className="h-8 w-64" />}
      {report && (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
            <span role="status">
              <StateLabel {...looks[report.status]}>
                {t(`report.state.${report.status}`)}
              </StateLabel>
            </span>
            <span className="text-muted">
              {t('report.since', { time: format.dateTime(report.updated_at) })}
            </span>
          </div>
          {report.pdf_url !== null && <ReportPdf key={report.id} report={report} />}
        </>
      )}
    </section>
  );
}
