import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { deviceOf } from '@/shared/device';
import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { useLoaded } from '@/shared/hooks/useLoaded';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { endSessions, fetchSessions, type SignIn, type User } from '../api';
import { nameOf } from '../people';
import { saidInWords } from '../refusals';

interface Props {
  user: User;
  isOwn: boolean;
}

/** Where somebody is signed in. Give it the account's version as its key: many a change ends sessions. */
export function SessionsSection({ user, isOwn }: Props) {
  const { t } = useTranslation('people');
  const list = useLoaded((signal) => fetchSessions(user.id, signal));
  const { value: sessions, error } = list;
  return (
    <Section title={t('sessions.title')}>
      {Boolean(error) && <ProblemAlert error={error} onRetry={list.reload} />}
      {!sessions && !error && <RowsSkeleton rows={1} />}
      {sessions?.length === 0 && <p className="text-sm text-muted">{t('sessions.none')}</p>}
      {sessions && sessions.length > 0 && (
        <>
          <ul className="divide-y divide-line rounded-control border border-line">
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
          {!isOwn && <EndSessions user={user} onEnded={() => list.change([])} />}
        </>
      )}
    </Section>
  );
}

function SessionRow({ session }: { session: SignIn }) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const { program, system } = deviceOf(session.user_agent);
  const device =
    program && system
      ? t('sessions.programOn', { program, system })
      : program || system || session.user_agent.slice(0, 60) || t('sessions.unknownDevice');
  return (
    <li className="flex flex-col gap-0.5 p-3 text-sm">
      <bdi className="font-semibold break-words rtl:text-right">{device}</bdi>
      <span className="text-muted">
        {t('sessions.from', { address: session.address })}
        {' · '}
        {t('sessions.lastUsed')}{' '}
        <time dateTime={session.last_used_at}>{format.dateTime(session.last_used_at)}</time>
      </span>
    </li>
  );
}

function EndSessions({ user, onEnded }: { user: User; onEnded: () => void }) {
  const { t } = useTranslation('people');
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAttempt();
  const end = async () => {
    const isDone = await run(() => saidInWords(t, () => endSessions(user.id)));
    setAsking(false);
    if (!isDone) return;
    toasts.show({ tone: 'positive', title: t('sessions.ended', { name: nameOf(user) }) });
    onEnded();
  };
  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      <Button onClick={() => setAsking(true)} className="self-start">
        <LogOut aria-hidden className="size-4" />
        {t('sessions.end')}
      </Button>
      {asking && (
        <ConfirmDialog
          danger
          title={t('sessions.endTitle', { name: nameOf(user) })}
          action={t('sessions.end')}
          busy={busy}
          onConfirm={() => void end()}
          onCancel={() => setAsking(false)}
        >
          <p>{t('sessions.endDetail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
