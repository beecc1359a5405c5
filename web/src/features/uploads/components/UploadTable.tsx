import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import type { Listing } from '@/shared/listing';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Upload } from '../api';
import { UPLOAD_COLUMNS, UploadRow } from './UploadRow';

const COLUMNS = [
  'patient',
  'study',
  'serviceLevel',
  'state',
  'received',
  'images',
  'created',
] as const;

interface Props {
  listing: Listing<Upload>;
  busy: boolean;
}

/** The uploads that are loaded, as many as there may be. */
export function UploadTable({ listing, busy }: Props) {
  const { t } = useTranslation('uploads');
  const role = useCurrentUser()?.role;
  const withSender = role === 'radiographer' || role === 'admin';
  return (
    <Table
      label={t('list.title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
      busy={busy}
    >
      <TableHead
        template={UPLOAD_COLUMNS}
        columns={COLUMNS.map((column) => t(`list.column.${column}`))}
      />
      <TableRows
        items={listing.items}
        row={(upload, index) => (
          <UploadRow key={upload.upload_id} upload={upload} index={index} withSender={withSender} />
        )}
      />
    </Table>
  );
}
