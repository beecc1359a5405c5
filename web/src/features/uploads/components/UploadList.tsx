import { Inbox } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { LoadMore } from '@/shared/ui/LoadMore';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { UploadStatus } from '../api';
import { useUploads } from '../hooks/useUploads';

import { UPLOAD_COLUMNS, UploadRow } from './UploadRow';

/** The uploads with one status. Give it the status as its key: it does not change to another. */
export function UploadList({ status }: { status: UploadStatus | null }) {
  const { t } = useTranslation('uploads');
  const { listing, error, reload, more } = useUploads(status);

  if (!listing) {
    return error ? <ProblemAlert error={error} onRetry={reload} /> : <RowsSkeleton rows={8} />;
  }
  return (
    <div className="flex flex-col gap-4">
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {listing.items.length === 0 ? (
        <EmptyState icon={Inbox} title={status ? t('list.emptyFilterTitle') : t('list.emptyTitle')}>
          <p>{status ? t('list.emptyFilterDetail') : t('list.emptyDetail')}</p>
        </EmptyState>
      ) : (
        <Table
          label={t('list.title')}
          rowCount={listing.nextCursor === null ? listing.items.length : undefined}
          busy={more.busy}
        >
          <TableHead
            template={UPLOAD_COLUMNS}
            columns={COLUMNS.map((column) => t(`list.column.${column}`))}
          />
          <TableRows
            items={listing.items}
            row={(upload, index) => (
              <UploadRow key={upload.upload_id} upload={upload} index={index} />
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

const COLUMNS = [
  'patient',
  'study',
  'serviceLevel',
  'state',
  'received',
  'images',
  'created',
] as const;
