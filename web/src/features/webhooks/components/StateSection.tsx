import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';

import { changeWebhook, testWebhook, type Webhook } from '../api';
import { standingOf, type Standing } from '../webhooks';
import { Refusal } from './Refusal';
import { StandingLabel } from './StandingLabel';

interface Props {
  webhook: Webhook;
  site: string;
  onChanged: (webhook: Webhook) => void;
}

/** How it is doing, and what can be done about that. */
export function StateSection({ webhook, site, onChanged }: Props) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const test = useAttempt();
  const turn = useAttempt();
  const [took, setTook] = useState<number | null>(null);
  const standing = standingOf(webhook);

  const runTest = async () => {
    setTook(null);
    await test.run(async () => setTook(await testWebhook(webhook)));
  };
  const turnTo = (enabled: boolean) =>
    turn.run(async () => onChanged(await changeWebhook(webhook, { enabled })));

  return (
    <Section title={t('state.title')} state={<StandingLabel standing={standing} />}>
      <p dir="ltr" className="font-semibold break-all rtl:text-right">
        {webhook.url}
      </p>
      <Moments webhook={webhook} site={site} />
      {webhook.last_error && (
        <p className="text-sm">
          {t('state.lastError')}{' '}
          <q dir="auto" className="break-words">
            {webhook.last_error}
          </q>
        </p>
      )}
      {standing === 'parked' && <p className="max-w-prose text-sm">{t('state.parkedDetail')}</p>}
      <div className="flex flex-wrap gap-3">
        <Button busy={test.busy} onClick={() => void runTest()}>
          {test.busy ? t('state.testing') : t('state.test')}
        </Button>
        <Turn standing={standing} busy={turn.busy} onTurn={(on) => void turnTo(on)} />
      </div>
      {took !== null && (
        <Alert tone="positive" title={t('state.tested', { time: format.elapsed(took) })} />
      )}
      {Boolean(test.error) && <Refusal error={test.error} />}
      {Boolean(turn.error) && <Refusal error={turn.error} />}
    </Section>
  );
}

interface TurnProps {
  standing: Standing;
  busy: boolean;
  onTurn: (on: boolean) => void;
}

/** Whether it is called; one that was given up can be called again. */
function Turn({ standing, busy, onTurn }: TurnProps) {
  const { t } = useTranslation('webhooks');
  const isCalled = standing !== 'off' && standing !== 'parked';
  return (
    <>
      {!isCalled && (
        <Button look="primary" busy={busy} onClick={() => onTurn(true)}>
          {standing === 'parked' ? t('state.again') : t('state.turnOn')}
        </Button>
      )}
      {standing !== 'off' && (
        <Button busy={busy} onClick={() => onTurn(false)}>
          {t('state.turnOff')}
        </Button>
      )}
    </>
  );
}

function Moments({ webhook, site }: Pick<Props, 'webhook' | 'site'>) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const moments = [
    ['state.parked', webhook.parked_at],
    ['state.failing', webhook.failing_since],
    ['state.lastTaken', webhook.last_success_at],
    ['state.made', webhook.created_at],
  ] as const;
  return (
    <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2 xl:grid-cols-4">
      <div className="min-w-0">
        <dt className="text-muted">{t('column.site')}</dt>
        <dd className="font-medium break-words">
          <bdi>{site}</bdi>
        </dd>
      </div>
      {moments.map(
        ([name, moment]) =>
          moment && (
            <div key={name} className="min-w-0">
              <dt className="text-muted">{t(name)}</dt>
              <dd className="font-medium">
                <time dateTime={moment}>{format.dateTime(moment)}</time>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
