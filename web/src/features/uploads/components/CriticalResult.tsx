import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { acknowledge, type Report, type Way } from '../api';

const WAYS = ['read', 'phone', 'in_person'] as const satisfies readonly Way[];

interface Props {
  report: Report;
  onChanged: () => void;
}

/** A result that somebody has to know of now, until somebody says that he does. */
export function CriticalResult({ report, onChanged }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { critical_since: since } = report;
  if (since === null) {
    return <p className="text-sm font-semibold">{t('report.critical.acknowledged')}</p>;
  }
  return (
    <Alert tone="critical" title={t('report.critical.title')}>
      <p>{t('report.critical.detail', { time: format.dateTime(since) })}</p>
      {report.is_told_to_caller && <Acknowledgement reportId={report.id} onChanged={onChanged} />}
    </Alert>
  );
}

function Acknowledgement({ reportId, onChanged }: { reportId: string; onChanged: () => void }) {
  const { t } = useTranslation('uploads');
  const { busy, error, run } = useAttempt();
  const [way, setWay] = useState<Way>('read');
  const send = async () => {
    if (await run(() => acknowledge(reportId, way))) onChanged();
  };
  return (
    <div className="mt-2 flex flex-col gap-3 text-ink">
      <div className="flex flex-wrap items-end gap-3">
        <Choice
          label={t('report.critical.how')}
          value={way}
          options={WAYS.map((value) => ({ value, name: t(`report.critical.way.${value}`) }))}
          onChange={setWay}
        />
        <Button look="primary" busy={busy} onClick={() => void send()}>
          {t('report.critical.acknowledge')}
        </Button>
      </div>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
