import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { StudyCells } from '@/shared/ui/StudyCells';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { HeldUpload } from '../api';
import { reasonsOf } from '../held';

const COLUMNS =
  'lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)_7.5rem_minmax(0,1.6fr)_minmax(0,1.2fr)_10rem]';
const NAMES = ['patient', 'study', 'serviceLevel', 'why', 'from', 'opened'] as const;

interface Props {
  uploads: HeldUpload[];
  now: Date;
}

/** The uploads that wait for a decision; each row leads to the page where it is taken. */
export function HeldTable({ uploads, now }: Props) {
  const { t } = useTranslation('system');
  return (
    <Table label={t('held.title')} rowCount={uploads.length}>
      <TableHead template={COLUMNS} columns={NAMES.map((name) => t(`held.column.${name}`))} />
      <TableRows
        items={uploads}
        row={(upload, index) => (
          <HeldRow key={upload.upload_id} upload={upload} index={index} now={now} />
        )}
      />
    </Table>
  );
}

function HeldRow({ upload, index, now }: { upload: HeldUpload; index: number; now: Date }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  return (
    <TableRow
      template={COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <StudyCells upload={upload} />
      <TableCell className="text-sm max-lg:basis-full">
        {reasonsOf(upload).map((reason) => (
          <span key={reason} className="block">
            {t(`held.why.${reason}`)}
          </span>
        ))}
      </TableCell>
      <TableCell className="text-sm text-muted max-lg:basis-full">
        <p className="truncate">
          <bdi>{upload.site}</bdi>
        </p>
        <p className="truncate">
          <bdi>{upload.sender}</bdi>
        </p>
      </TableCell>
      <TableCell className="text-sm text-muted">
        <time dateTime={upload.created_at} className="block">
          {format.timeAgo(upload.created_at, now)}
        </time>
        <span className="block">{format.dateTime(upload.created_at)}</span>
      </TableCell>
    </TableRow>
  );
}
