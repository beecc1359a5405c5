import { BellOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useNow } from '@/shared/hooks/useNow';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LoadMore } from '@/shared/ui/LoadMore';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { NotificationFeed } from '../feed';
import { useNotifications } from '../hooks/useNotifications';

import { NOTIFICATION_COLUMNS, NotificationRow } from './NotificationRow';

const MINUTE_MS = 60_000;

export function NotificationList({ feed }: { feed: NotificationFeed }) {
  const { t } = useTranslation('notifications');
  const { listing, error, reload, more } = useNotifications(feed);
  const now = useNow(MINUTE_MS);

  if (!listing) {
    return error ? <ProblemAlert error={error} onRetry={reload} /> : <RowsSkeleton rows={8} />;
  }
  return (
    <div className="flex flex-col gap-4">
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {listing.items.length === 0 ? (
        <EmptyState icon={BellOff} title={t('emptyTitle')}>
          <p>{t('emptyDetail')}</p>
        </EmptyState>
      ) : (
        <Table
          label={t('title')}
          rowCount={listing.nextCursor === null ? listing.items.length : undefined}
          busy={more.busy}
        >
          <TableHead
            template={NOTIFICATION_COLUMNS}
            columns={[t('column.what'), t('column.when'), t('column.state')]}
          />
          <TableRows
            items={listing.items}
            row={(item, index) => (
              <NotificationRow key={item.id} feed={feed} item={item} index={index} now={now} />
            )}
          />
        </Table>
      )}
      {listing.nextCursor !== null && (
        <LoadMore busy={more.busy} error={more.error} onMore={more.load} />
      )}
    </div>
  );
}
