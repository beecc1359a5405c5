import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Lock, Report } from '../api';
import type { Reading } from '../reading';
import { ReadOnlyStudy } from './ReadOnlyStudy';

/** An administrator looks, and can have a study read by somebody else than who keeps it. */
export function WatchedView({ reading, report }: { reading: Reading; report: Report }) {
  const { t } = useTranslation('reading');
  const { lock } = report;
  return (
    <ReadOnlyStudy report={report}>
      {lock ? (
        <Holding key={lock.user_id} reading={reading} lock={lock} />
      ) : (
        <Alert tone="neutral" title={t(`watched.${report.status}`)}>
          <p>{t('watched.detail')}</p>
        </Alert>
      )}
    </ReadOnlyStudy>
  );
}

function Holding({ reading, lock }: { reading: Reading; lock: Lock }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const isOwn = useCurrentUser()?.id === lock.user_id;
  const { busy, error, run } = useAttempt();
  const [asks, setAsks] = useState(false);
  const takeOver = async () => {
    await run(reading.takeOver);
    setAsks(false);
  };
  const action = isOwn ? (
    <Button busy={busy} onClick={() => void run(reading.release)}>
      {t('watched.release')}
    </Button>
  ) : (
    <Button onClick={() => setAsks(true)}>{t('watched.takeOver')}</Button>
  );
  return (
    <>
      <Alert
        tone="caution"
        title={isOwn ? t('watched.own') : t('locked.title', { name: lock.name })}
        action={action}
      >
        <p>
          {isOwn
            ? t('watched.ownDetail')
            : t('locked.until', { time: format.dateTime(lock.until) })}
        </p>
      </Alert>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {asks && (
        <ConfirmDialog
          title={t('watched.takeOverTitle', { name: lock.name })}
          action={t('watched.takeOver')}
          busy={busy}
          onConfirm={() => void takeOver()}
          onCancel={() => setAsks(false)}
        >
          <p>{t('watched.takeOverDetail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
