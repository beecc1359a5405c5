import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';

import type { UploadFile } from '../api';

/** The files as they were picked, and what of each is still missing. */
export function FileList({ files }: { files: UploadFile[] }) {
  const { t } = useTranslation('uploads');
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{t('detail.files')}</h2>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {files.map((file) => (
          <FileItem key={file.file_id} file={file} />
        ))}
      </ul>
    </section>
  );
}

function FileItem({ file }: { file: UploadFile }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const missing = missingPieces(file);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 py-3">
      <bdi className="min-w-0 font-medium break-all">{file.file_name}</bdi>
      <span className="text-sm text-muted">
        {format.bytes(file.size)}
        {' · '}
        {missing === 0
          ? t('detail.fileComplete')
          : t('detail.filePieces', { count: missing, formatted: format.count(missing) })}
      </span>
    </li>
  );
}

/** Count the chunks in the inclusive ranges that the gateway still waits for. */
function missingPieces(file: UploadFile): number {
  return file.missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
