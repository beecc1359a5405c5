import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { ReadingPage, SentReportPage } from './screens';

const READERS = ['radiologist', 'admin'];

/** One address for a report: it is written by who reads, and told to who has sent the study. */
export function ReportPage() {
  const role = useCurrentUser()?.role;
  if (!role) return <PageSkeleton />;
  return READERS.includes(role) ? <ReadingPage /> : <SentReportPage />;
}
