import { useTranslation } from 'react-i18next';

import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { MarkAllRead } from '../components/MarkAllRead';
import { NotificationList } from '../components/NotificationList';
import { useFeed } from '../current';

export default function NotificationsPage() {
  const { t } = useTranslation('notifications');
  const feed = useFeed();

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('title')} />
        {feed && <MarkAllRead feed={feed} />}
      </div>
      {feed ? <NotificationList feed={feed} /> : <RowsSkeleton rows={8} />}
    </div>
  );
}
