import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';

import type { Report } from '../api';

/** Whether those who treat the patient know of the critical result, since when and how; and whom else it was told. */
export function CriticalState({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const known = report.versions.find(({ is_critical: isCritical }) => isCritical)?.acknowledgement;
  const escalation = report.escalated_at && (
    <p>{t('critical.escalated', { time: format.dateTime(report.escalated_at) })}</p>
  );
  if (report.critical_since) {
    return (
      <Alert tone="critical" title={t('critical.open')}>
        <p>{t('critical.since', { time: format.dateTime(report.critical_since) })}</p>
        {escalation}
      </Alert>
    );
  }
  return (
    <Alert tone="positive" title={t('critical.known')}>
      {known && (
        <p>
          {t(`critical.by.${known.how}`, {
            name: known.name,
            time: format.dateTime(known.acknowledged_at),
          })}
        </p>
      )}
      {escalation}
    </Alert>
  );
}
