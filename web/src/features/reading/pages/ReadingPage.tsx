import { FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { AskedView } from '../components/AskedView';
import { Desk } from '../components/Desk';
import { FinalView } from '../components/FinalView';
import { LockedView } from '../components/LockedView';
import { WatchedView } from '../components/WatchedView';
import { useBroughtProof } from '../hooks/useProving';
import { useReading } from '../hooks/useReading';

/** A study, for who reads it or looks after those who do. Opening it claims it. */
export default function ReadingPage() {
  const { reportId = '' } = useParams();
  const role = useCurrentUser()?.role;
  if (!role) return <PageSkeleton />;
  return <OpenedStudy key={`${reportId} ${role}`} reportId={reportId} role={role} />;
}

function OpenedStudy({ reportId, role }: { reportId: string; role: string }) {
  const { t } = useTranslation('reading');
  const brought = useBroughtProof();
  const [reading, state] = useReading(reportId, role);
  switch (state.phase) {
    case 'loading':
      return (
        <div className="flex flex-col gap-5">
          <PageHeading title={t('title')} />
          <PageSkeleton />
        </div>
      );
    case 'missing':
      return (
        <EmptyState level={1} icon={FileQuestion} title={t('notFoundTitle')}>
          <p>{t('notFoundDetail')}</p>
        </EmptyState>
      );
    case 'failed':
      return (
        <div className="flex flex-col gap-5">
          <PageHeading title={t('title')} />
          <ProblemAlert error={state.error} onRetry={() => void reading.retry()} />
        </div>
      );
    case 'open':
      return <Desk reading={reading} {...state} brought={brought} />;
    case 'locked':
      return <LockedView reading={reading} {...state} />;
    case 'final':
      return <FinalView reading={reading} {...state} brought={brought} />;
    case 'watched':
      return <WatchedView reading={reading} report={state.report} />;
    case 'asked':
      return <AskedView report={state.report} />;
  }
}
