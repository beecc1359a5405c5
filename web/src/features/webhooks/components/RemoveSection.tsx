import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Section } from '@/shared/ui/Section';

import { removeWebhook, type Webhook } from '../api';
import { Refusal } from './Refusal';

export function RemoveSection({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('webhooks');
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [isAsking, setIsAsking] = useState(false);
  const remove = async () => {
    if (await attempt.run(() => removeWebhook(webhook))) {
      toasts.show({ tone: 'positive', title: t('remove.done') });
      void navigate('/admin/webhooks');
      return;
    }
    setIsAsking(false);
  };
  return (
    <Section title={t('remove.title')} intro={t('remove.intro')}>
      <Button look="danger" className="self-start" onClick={() => setIsAsking(true)}>
        {t('remove.action')}
      </Button>
      {Boolean(attempt.error) && <Refusal error={attempt.error} />}
      {isAsking && (
        <ConfirmDialog
          danger
          title={t('remove.ask')}
          action={t('remove.action')}
          busy={attempt.busy}
          onConfirm={() => void remove()}
          onCancel={() => setIsAsking(false)}
        >
          <p dir="ltr" className="mb-2 font-medium break-all rtl:text-right">
            {webhook.url}
          </p>
          <p>{t('remove.intro')}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
