import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import { removeDestination, type Destination } from '../api';

/** Uses a destination no more, after a question. */
export function RemoveDestination({ destination }: { destination: Destination }) {
  const { t } = useTranslation('destinations');
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const { busy, error, run } = useAttempt();
  const { name } = destination;
  const confirm = async () => {
    const works = await run(() => removeDestination(destination));
    if (!works) {
      setAsking(false);
      return;
    }
    toasts.show({ tone: 'positive', title: t('remove.done', { name }) });
    await navigate('/admin/destinations');
  };
  return (
    <div className="max-w-4xl">
      <Section title={t('remove.title')} intro={t('remove.intro')}>
        {Boolean(error) && <ProblemAlert assertive error={error} />}
        <Button onClick={() => setAsking(true)} className="self-start">
          <Trash2 aria-hidden className="size-4" />
          {t('remove.action')}
        </Button>
        {asking && (
          <ConfirmDialog
            danger
            title={t('remove.ask', { name })}
            action={t('remove.action')}
            busy={busy}
            onConfirm={() => void confirm()}
            onCancel={() => setAsking(false)}
          >
            <p>{t('remove.detail')}</p>
          </ConfirmDialog>
        )}
      </Section>
    </div>
  );
}
