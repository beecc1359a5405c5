import { UserRoundX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { WorklistView } from '../components/WorklistView';

/** What is to be read, for whoever reads, and for administrators, who see to it that it is. */
export default function WorklistPage() {
  const user = useCurrentUser();
  if (!user) return <PageSkeleton />;
  const reads = user.role === 'radiologist' || user.role === 'admin';
  return reads ? <WorklistView key={user.id} /> : <NotForRole />;
}

function NotForRole() {
  const { t } = useTranslation('worklist');
  return (
    <>
      <title>{`${t('title')} · RelayPACS`}</title>
      <EmptyState level={1} icon={UserRoundX} title={t('notForRole.title')}>
        <p>{t('notForRole.detail')}</p>
        <Link to="/reports" className="mt-3 inline-block font-medium text-brand underline">
          {t('notForRole.reports')}
        </Link>
      </EmptyState>
    </>
  );
}
