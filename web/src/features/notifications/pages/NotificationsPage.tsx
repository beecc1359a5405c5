import { Settings } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { buttonLook } from '@/shared/ui/Button';
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
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {feed && <MarkAllRead feed={feed} />}
          <Link to="/notifications/settings" className={buttonLook('quiet')}>
            <Settings aria-hidden className="size-4 shrink-0" />
            {t('howTold')}
          </Link>
        </div>
      </div>
      {feed ? <NotificationList feed={feed} /> : <RowsSkeleton rows={8} />}
    </div>
  );
}
