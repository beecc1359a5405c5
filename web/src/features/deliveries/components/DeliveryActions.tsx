import { Ban, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { cancel, retry, type Delivery } from '../api';
import { mayBeCancelled, mayBeRetried } from '../state';

interface Props {
  delivery: Delivery;
  onDone: () => void;
}

/** What an administrator can do about a delivery. */
export function DeliveryActions({ delivery, onDone }: Props) {
  const { t } = useTranslation('deliveries');
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAttempt();
  const act = async (deed: 'retried' | 'cancelled', call: () => Promise<unknown>) => {
    const works = await run(async () => {
      await call();
    });
    setAsking(false);
    if (works) toasts.show({ tone: 'positive', title: t(`done.${deed}`) });
    onDone();
  };
  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      <div className="flex flex-wrap gap-3">
        {mayBeRetried(delivery) && (
          <Button
            look="primary"
            busy={busy}
            onClick={() => void act('retried', () => retry(delivery.id))}
          >
            <RotateCw aria-hidden className="size-4" />
            {t('retry')}
          </Button>
        )}
        {mayBeCancelled(delivery) && (
          <Button onClick={() => setAsking(true)}>
            <Ban aria-hidden className="size-4" />
            {t('cancel.action')}
          </Button>
        )}
      </div>
      {asking && (
        <ConfirmDialog
          danger
          title={t('cancel.ask')}
          action={t('cancel.action')}
          busy={busy}
          onConfirm={() => void act('cancelled', () => cancel(delivery.id))}
          onCancel={() => setAsking(false)}
        >
          <p>{t(delivery.required ? 'cancel.detailRequired' : 'cancel.detail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
