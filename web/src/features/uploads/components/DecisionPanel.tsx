import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Held } from '../api';
import { useDecision } from '../hooks/useDecision';
import { HeldConflicts } from './HeldConflicts';
import { HeldPatients } from './HeldPatients';

interface Props {
  uploadId: string;
  held: Held;
  onDecided: () => void;
}

/** What somebody has to decide before anything of the upload is sent, and the ways to decide it. */
export function DecisionPanel({ uploadId, held, onDecided }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { busy, error, chosen, toggle, send } = useDecision(uploadId, onDecided);
  const several = held.patients.length > 1;
  const patients = held.patients.map(({ key }) => key).filter((key) => chosen.has(key));
  const instances = [...chosen].filter((name) => !patients.includes(name));

  return (
    <section className="flex flex-col gap-4 rounded-card border border-line-strong bg-surface p-4">
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-semibold">{t('decision.title')}</h2>
        <p className="text-sm text-muted">{t('decision.nothingForwarded')}</p>
      </div>
      {several && <HeldPatients patients={held.patients} chosen={chosen} onToggle={toggle} />}
      {held.conflict_count > 0 && <HeldConflicts held={held} chosen={chosen} onToggle={toggle} />}
      <div className="flex flex-wrap gap-3">
        {several && (
          <Button look="primary" busy={busy} onClick={() => void send({ action: 'split' })}>
            {t('decision.split')}
          </Button>
        )}
        {several && held.conflict_count === 0 && (
          <Button busy={busy} onClick={() => void send({ action: 'confirm' })}>
            {t('decision.confirm')}
          </Button>
        )}
        <Button
          disabled={chosen.size === 0}
          busy={busy}
          onClick={() => void send({ action: 'drop', patients, instances })}
        >
          {t('decision.drop', { count: chosen.size, formatted: format.count(chosen.size) })}
        </Button>
      </div>
      {Boolean(error) && <DecisionProblem error={error} />}
    </section>
  );
}

/** A colleague sees the upload, and may not decide: the gateway then says that there is none. */
function DecisionProblem({ error }: { error: unknown }) {
  const { t } = useTranslation('uploads');
  if (error instanceof ApiError && error.status === 404)
    return <Alert tone="caution" title={t('decision.notYours')} assertive />;
  return <ProblemAlert error={error} assertive />;
}
