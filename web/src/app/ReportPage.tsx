import { useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { ReadingPage, SentReportPage } from './screens';

const READERS = ['radiologist', 'admin'];

/**
 * One address for a report: it is written by who reads, and told to who has sent the study.
 *
 * Who has done both asks for the sender's page with `?as=sender`.
 */
export function ReportPage() {
  const role = useCurrentUser()?.role;
  const [address] = useSearchParams();
  if (!role) return <PageSkeleton />;
  const isReading = READERS.includes(role) && address.get('as') !== 'sender';
  return isReading ? <ReadingPage /> : <SentReportPage />;
}
