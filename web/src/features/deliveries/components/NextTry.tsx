import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';

import type { Delivery } from '../api';
import { doingOf } from '../state';

/** How often it has failed in a row, and when it is tried next. */
export function NextTry({ delivery, now }: { delivery: Delivery; now: Date }) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const { attempts } = delivery;
  const doing = doingOf(delivery);
  const seconds = (new Date(delivery.next_attempt_at).getTime() - now.getTime()) / 1000;
  return (
    <>
      {attempts > 0 && (
        <span className="block">
          {t('attempts', { count: attempts, formatted: format.count(attempts) })}
        </span>
      )}
      {(doing === 'waiting' || doing === 'failing') && (
        <span className="block text-muted">
          {seconds > 0 ? t('nextIn', { time: format.duration(seconds) }) : t('nextNow')}
        </span>
      )}
    </>
  );
}
