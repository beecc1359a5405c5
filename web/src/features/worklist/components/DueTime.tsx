import { AlarmClock, CircleAlert, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { classes } from '@/shared/ui/classes';

import type { Study } from '../api';
import { dueOf } from '../due';

/** Nothing is late, or left, by no time at all. */
const MINUTE = 60;

const looks = {
  overdue: { icon: CircleAlert, look: 'font-semibold text-critical' },
  soon: { icon: AlarmClock, look: 'font-semibold text-caution' },
  inTime: { icon: Clock, look: 'text-muted' },
};

/** How much time is left to read a study, or by how much it is overdue; when it was reported, if it is. */
export function DueTime({ study, now }: { study: Study; now: Date }) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const due = dueOf(study, now);
  if (due.state === 'reported') {
    const at = study.reported_at ?? study.updated_at;
    return (
      <time dateTime={at} className="text-muted">
        {format.dateTime(at)}
      </time>
    );
  }
  const { icon: Icon, look } = looks[due.state];
  return (
    <time
      dateTime={study.due_at}
      title={t('due.at', { time: format.dateTime(study.due_at) })}
      className={classes('inline-flex items-start gap-1.5', look)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0">
        {t(`due.${due.state}`, { time: format.timeSpan(Math.max(due.seconds, MINUTE)) })}
      </span>
    </time>
  );
}
