import { Send } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { useSelection } from '../hooks/useSelection';
import { isSendable } from '../study/findings';

/** Sends all studies at once, where there are several. Stays in view below the cards. */
export function SendAllBar() {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const { scan, busy, error, needsAttention, sendAll } = useSelection();
  const sendable = scan.studies.filter(isSendable);
  const count = sendable.length;
  if (count < 2) return null;
  const size = format.bytes(sendable.reduce((sum, study) => sum + study.size, 0));
  return (
    <div className="sticky bottom-0 -mx-4 flex flex-col gap-3 border-t border-line bg-surface px-4 py-3 shadow-lg sm:mx-0 sm:rounded-card sm:border">
      {Boolean(error) && <ProblemAlert error={error} assertive />}
      {needsAttention && <Alert tone="caution" title={t('all.attention')} />}
      <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
        <span className="text-sm text-muted tabular-nums">{t('all.size', { size })}</span>
        <Button
          look="primary"
          busy={busy}
          onClick={() => void sendAll()}
          className="min-h-12 grow px-8 sm:grow-0"
        >
          <Send aria-hidden className="size-5 rtl:-scale-x-100" />
          {busy ? t('all.sending') : t('all.send', { count, formatted: format.count(count) })}
        </Button>
      </div>
    </div>
  );
}
