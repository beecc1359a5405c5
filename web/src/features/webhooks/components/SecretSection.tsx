import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Section } from '@/shared/ui/Section';

import { renewSecret, type Webhook } from '../api';
import { Refusal } from './Refusal';
import { SecretPanel } from './SecretPanel';

interface Props {
  webhook: Webhook;
  onChanged: (webhook: Webhook) => void;
}

/** What calls are signed with: it can be replaced, and never read. */
export function SecretSection({ webhook, onChanged }: Props) {
  const { t } = useTranslation('webhooks');
  const attempt = useAttempt();
  const [isAsking, setIsAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const renew = async () => {
    await attempt.run(async () => {
      const made = await renewSecret(webhook);
      onChanged(made.webhook);
      setSecret(made.secret);
    });
    setIsAsking(false);
  };
  return (
    <Section title={t('secret.title')} intro={t('secret.intro')}>
      {secret === null ? (
        <Button className="self-start" onClick={() => setIsAsking(true)}>
          {t('secret.renew')}
        </Button>
      ) : (
        <SecretPanel secret={secret} onKept={() => setSecret(null)} />
      )}
      {Boolean(attempt.error) && <Refusal error={attempt.error} />}
      {isAsking && (
        <ConfirmDialog
          danger
          title={t('secret.renewTitle')}
          action={t('secret.renew')}
          busy={attempt.busy}
          onConfirm={() => void renew()}
          onCancel={() => setIsAsking(false)}
        >
          <p>{t('secret.renewDetail')}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
