import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { useOnline } from '@/shared/hooks/useOnline';
import { Alert } from '@/shared/ui/Alert';
import { Button, buttonLook } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import { sendTestEmail, type Telling } from '../telling/api';

/** Where e-mails go, and a way to see whether they arrive. */
export function EmailCard({ channel }: { channel: Telling['channels']['email'] }) {
  const { t } = useTranslation('telling');
  const online = useOnline();
  const [tested, setTested] = useState(false);
  const { busy, error, run } = useAttempt();

  const test = () => {
    setTested(false);
    void run(sendTestEmail).then(setTested);
  };

  return (
    <Section title={t('email.title')} intro={t('email.intro')}>
      {!channel.offered && <Alert tone="neutral" title={t('email.notOffered')} />}
      {channel.offered && !channel.address && (
        <Alert
          tone="caution"
          title={t('email.noAddress')}
          action={
            <Link to="/account" className={buttonLook('secondary')}>
              {t('email.giveOne')}
            </Link>
          }
        />
      )}
      {channel.offered && channel.address && (
        <>
          <p className="text-sm">
            {t('email.to')} <bdi className="font-medium break-all">{channel.address}</bdi>
          </p>
          {Boolean(error) && <ProblemAlert assertive error={error} />}
          {tested && <Alert tone="positive" title={t('email.tested')} />}
          <Button busy={busy} disabled={!online} onClick={test} className="self-start">
            {t('email.test')}
          </Button>
        </>
      )}
    </Section>
  );
}
