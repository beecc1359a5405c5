import { FileCheck2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { useReceipt } from '../hooks/useReceipt';

export function ReceiptDownload({ uploadId }: { uploadId: string }) {
  const { t } = useTranslation('uploads');
  const { busy, error, download } = useReceipt(uploadId);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button look="primary" busy={busy} onClick={() => void download()}>
          <FileCheck2 aria-hidden className="size-4" />
          {busy ? t('detail.receiptBusy') : t('detail.receipt')}
        </Button>
        <p className="text-sm text-muted">{t('detail.receiptHint')}</p>
      </div>
      {Boolean(error) && <ProblemAlert error={error} assertive />}
    </div>
  );
}
