import { CircleCheck, Clock, FileCheck2, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Upload } from '../api';
import { useReceipt } from '../hooks/useReceipt';

/** The proof, and whether it suffices to delete one's own copy. */
export function ReceiptDownload({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const { busy, error, download } = useReceipt(upload.upload_id);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button look="primary" busy={busy === 'json'} onClick={() => void download('json')}>
          <FileCheck2 aria-hidden className="size-4" />
          {busy === 'json' ? t('detail.receiptBusy') : t('detail.receipt')}
        </Button>
        <Button busy={busy === 'pdf'} onClick={() => void download('pdf')}>
          <FileText aria-hidden className="size-4" />
          {busy === 'pdf' ? t('detail.receiptBusy') : t('detail.receiptPage')}
        </Button>
        <p className="text-sm text-muted">{t('detail.receiptHint')}</p>
      </div>
      {upload.safe_to_delete ? (
        <p className="flex items-start gap-2 text-sm font-medium text-positive">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t('detail.safeToDelete')}
        </p>
      ) : (
        <p className="flex items-start gap-2 text-sm text-muted">
          <Clock aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t('detail.notYetSafeToDelete')}
        </p>
      )}
      {Boolean(error) && <ProblemAlert error={error} assertive />}
    </div>
  );
}
