import { RadioTower } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { CauseAdvice } from '@/shared/pacs/CauseAdvice';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Destination } from '../api';
import { SLOW_MS } from '../health';
import { useEcho, type EchoOutcome } from '../hooks/useEcho';

interface Props {
  destination: Pick<Destination, 'id' | 'name'>;
  onDone: () => void;
}

/** Speaks with the destination now, and says how long that took, or why it did not work. */
export function EchoTest({ destination, onDone }: Props) {
  const { t } = useTranslation('destinations');
  const { busy, outcome, run } = useEcho(destination.id, onDone);
  return (
    <>
      <Button
        busy={busy}
        onClick={() => void run()}
        aria-label={t('echo.named', { name: destination.name })}
      >
        <RadioTower aria-hidden className="size-4" />
        {busy ? t('echo.running') : t('echo.run')}
      </Button>
      {outcome && (
        <div className="order-last basis-full">
          <Outcome outcome={outcome} />
        </div>
      )}
    </>
  );
}

function Outcome({ outcome }: { outcome: EchoOutcome }) {
  const { t } = useTranslation(['destinations', 'pacs']);
  const format = useFormat();
  switch (outcome.kind) {
    case 'failed':
      return <ProblemAlert assertive error={outcome.error} />;
    case 'refused':
      return (
        <Alert assertive tone="critical" title={t(`pacs:cause.${outcome.cause}`)}>
          <CauseAdvice cause={outcome.cause} words={outcome.words} />
        </Alert>
      );
    case 'answered': {
      const isSlow = outcome.milliseconds >= SLOW_MS;
      return (
        <Alert
          assertive
          tone={isSlow ? 'caution' : 'positive'}
          title={t('echo.answered', { formatted: format.count(outcome.milliseconds) })}
        >
          {isSlow && <p>{t('pacs:todo.timed_out')}</p>}
        </Alert>
      );
    }
  }
}
