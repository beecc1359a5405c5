import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useOnline } from '@/shared/hooks/useOnline';
import { Alert } from '@/shared/ui/Alert';

import type { SenderStatus } from '../outbox/status';

/** The gateway does not answer: when it is tried again. Offline has its own notice at the top of every page. */
export function RetryNotice({ status }: { status: SenderStatus }) {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const online = useOnline();
  const seconds = useSecondsUntil(status.triesAgainAt);
  if (!online || seconds === null) return null;
  return (
    <Alert tone="caution" title={t('retryTitle')}>
      <p>{t('retryDetail', { time: format.duration(seconds) })}</p>
    </Alert>
  );
}

function useSecondsUntil(moment: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (moment === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [moment]);
  return moment !== null && moment > now ? Math.ceil((moment - now) / 1000) : null;
}
