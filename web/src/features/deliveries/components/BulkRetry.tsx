import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import type { Narrowing } from '@/shared/ui/NothingFits';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Retried } from '../api';
import type { Filter } from '../filter';
import { useBulkRetry } from '../hooks/useBulkRetry';

interface Props {
  filter: Filter;
  narrowing: readonly Narrowing[];
  onDone: () => void;
}

/** Tries again all that the filter shows, after a question, and says how many that were. */
export function BulkRetry({ filter, narrowing, onDone }: Props) {
  const { t } = useTranslation('deliveries');
  const [asking, setAsking] = useState(false);
  const { busy, error, done, run } = useBulkRetry(filter, onDone);
  const confirm = async () => {
    await run();
    setAsking(false);
  };
  const retried = done?.retried ?? 0;
  return (
    <>
      <Button onClick={() => setAsking(true)} className="self-start">
        <RotateCw aria-hidden className="size-4" />
        {t('bulk.action')}
      </Button>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {done && !busy && <Done {...done} />}
      {asking && (
        <ConfirmDialog
          title={t('bulk.ask')}
          action={t('bulk.action')}
          busy={busy}
          onConfirm={() => void confirm()}
          onCancel={() => setAsking(false)}
        >
          <Question filter={filter} narrowing={narrowing} sofar={busy ? retried : null} />
        </ConfirmDialog>
      )}
    </>
  );
}

interface QuestionProps {
  filter: Filter;
  narrowing: readonly Narrowing[];
  /** How many were retried, while it goes on. */
  sofar: number | null;
}

function Question({ filter, narrowing, sofar }: QuestionProps) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  return (
    <>
      <p>{t(filter.state === 'cancelled' ? 'bulk.detailCancelled' : 'bulk.detail')}</p>
      <ul className="mt-3 flex flex-col gap-1">
        {narrowing.length === 0 && <li>{t('bulk.everything')}</li>}
        {narrowing.map(({ name, value }) => (
          <li key={name}>
            {name} <bdi className="font-medium">{value}</bdi>
          </li>
        ))}
      </ul>
      <p role="status" className="mt-3 min-h-5">
        {sofar !== null && t('bulk.sofar', { formatted: format.count(sofar) })}
      </p>
    </>
  );
}

function Done({ retried, skipped }: Retried) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  return (
    <Alert
      tone="positive"
      title={t('bulk.done', { count: retried, formatted: format.count(retried) })}
    >
      {skipped > 0 && (
        <p>{t('bulk.skipped', { count: skipped, formatted: format.count(skipped) })}</p>
      )}
    </Alert>
  );
}
