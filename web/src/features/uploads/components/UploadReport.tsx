import { useReport } from '@/shared/reports/useReport';

import { ReportSection } from './ReportSection';

/** The report on an upload's study. */
export function UploadReport({ reportId }: { reportId: string }) {
  return <ReportSection {...useReport(reportId)} />;
}
