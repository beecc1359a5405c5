import { MonitorSmartphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { deviceOf } from '@/shared/device';
import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';

import type { SignIn } from '../api';

interface Props {
  session: SignIn;
  busy: boolean;
  onEnd: () => void;
}

/** One place where the person is signed in. */
export function SessionRow({ session, busy, onEnd }: Props) {
  const { t } = useTranslation('account');
  const format = useFormat();
  const device = useDeviceName(session.user_agent);

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <MonitorSmartphone aria-hidden className="size-6 shrink-0 text-muted max-sm:hidden" />
      <div className="flex min-w-0 grow basis-60 flex-col gap-0.5 text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
          <bdi className="min-w-0 break-words" title={session.user_agent}>
            {device}
          </bdi>
          {session.is_current && (
            <span className="rounded-md bg-active-soft px-2 py-0.5 text-active">
              {t('sessions.thisDevice')}
            </span>
          )}
        </p>
        <p className="break-all text-muted">{t('sessions.address', session)}</p>
        <p className="text-muted">
          {t('sessions.lastUsed')}{' '}
          <time dateTime={session.last_used_at}>{format.dateTime(session.last_used_at)}</time>
          {' · '}
          <span className="whitespace-nowrap">
            {t('sessions.since')}{' '}
            <time dateTime={session.created_at}>{format.dateTime(session.created_at)}</time>
          </span>
        </p>
      </div>
      {!session.is_current && (
        <Button busy={busy} onClick={onEnd} aria-label={t('sessions.endNamed', { device })}>
          {busy ? t('sessions.ending') : t('sessions.end')}
        </Button>
      )}
    </li>
  );
}

function useDeviceName(userAgent: string): string {
  const { t } = useTranslation('account');
  const { program, system } = deviceOf(userAgent);
  if (program && system) return t('sessions.programOn', { program, system });
  return program || system || userAgent.slice(0, 60) || t('sessions.unknownDevice');
}
