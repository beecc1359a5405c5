import { TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Progress } from '@/shared/ui/Progress';
import { StudyCells } from '@/shared/ui/StudyCells';
import { TableCell, TableRow } from '@/shared/ui/Table';

import type { Upload } from '../api';
import { isReadableEarly, uploadState } from '../state';

import { UploadStateLabel } from './UploadStateLabel';

export const UPLOAD_COLUMNS =
  'lg:grid-cols-[minmax(0,2fr)_minmax(0,1.2fr)_7.5rem_minmax(0,1.8fr)_10.5rem_minmax(0,1fr)_11.5rem]';

/** One upload; the whole row leads to its page. */
export const UploadRow = memo(function UploadRow({
  upload,
  index,
  withSender,
}: {
  upload: Upload;
  index: number;
  /** Name who sent it, for who sees uploads of others. */
  withSender: boolean;
}) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  return (
    <TableRow
      template={UPLOAD_COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <StudyCells upload={upload} />
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 max-lg:basis-full">
        <UploadStateLabel state={uploadState(upload)} />
        <Warnings count={upload.warnings.length} />
      </TableCell>
      <ReceivedCell upload={upload} />
      <ImagesCell upload={upload} />
      <TableCell
        className={withSender ? 'text-sm text-muted max-lg:basis-full' : 'text-sm text-muted'}
      >
        <time dateTime={upload.created_at}>{format.dateTime(upload.created_at)}</time>
        {withSender && upload.sender && (
          <span className="block truncate">{t('list.by', { name: upload.sender })}</span>
        )}
      </TableCell>
    </TableRow>
  );
});

function Warnings({ count }: { count: number }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  if (count === 0) return null;
  return (
    <span className="inline-flex items-center gap-1 text-sm font-medium text-caution">
      <TriangleAlert aria-hidden className="size-4" />
      {t('list.warnings', { count, formatted: format.count(count) })}
    </span>
  );
}

function ReceivedCell({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { uploaded_bytes: part, total_bytes: whole } = upload;
  const complete = part >= whole;
  return (
    <TableCell className={complete ? 'text-sm' : 'text-sm max-lg:basis-full'}>
      {complete
        ? format.bytes(whole)
        : t('list.ofBytes', { part: format.bytes(part), whole: format.bytes(whole) })}
      <span className="text-muted">
        {' · '}
        {t('list.files', {
          count: upload.files.length,
          formatted: format.count(upload.files.length),
        })}
      </span>
      {!complete && (
        <div className="mt-1.5">
          <Progress value={part} max={whole} label={t('list.progress')} />
        </div>
      )}
    </TableCell>
  );
}

function ImagesCell({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { counts } = upload;
  if (counts.instances === 0) {
    return <TableCell className="text-sm text-muted max-lg:hidden">{t('list.noImages')}</TableCell>;
  }
  const summary = () => {
    if (isReadableEarly(upload)) {
      return t('list.readableOf', {
        part: format.count(counts.verified),
        whole: format.count(upload.expected_instances),
      });
    }
    if (counts.verified > 0 || counts.delivered > 0) {
      return t('list.verifiedOf', {
        part: format.count(counts.verified),
        whole: format.count(counts.accepted),
      });
    }
    return t('list.images', {
      count: counts.instances,
      formatted: format.count(counts.instances),
    });
  };
  return (
    <TableCell className="text-sm">
      {summary()}
      {counts.rejected > 0 && (
        <span className="block font-medium text-critical">
          {t('list.rejected', {
            count: counts.rejected,
            formatted: format.count(counts.rejected),
          })}
        </span>
      )}
    </TableCell>
  );
}
