import { Pencil } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { CauseAdvice } from '@/shared/pacs/CauseAdvice';
import { CauseLabel } from '@/shared/pacs/CauseLabel';
import { knownCause } from '@/shared/pacs/causes';
import { buttonLook } from '@/shared/ui/Button';

import type { Destination } from '../api';
import { healthOf } from '../health';

import { EchoTest } from './EchoTest';
import { HealthLabel } from './HealthLabel';
import { Queue } from './Queue';

interface Props {
  destination: Destination;
  now: Date;
  onChanged: () => void;
}

/** One destination: how it does, what waits for it, and what can be done. */
export function DestinationCard({ destination, now, onChanged }: Props) {
  const { t } = useTranslation('destinations');
  const id = useId();
  const { name, last_error: words } = destination;
  const cause = knownCause(destination.last_cause);
  return (
    <li>
      <article
        aria-labelledby={id}
        className="flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
      >
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="flex min-w-0 flex-col gap-1">
            <h2 id={id} dir="auto" className="text-lg font-semibold break-words rtl:text-right">
              {name}
            </h2>
            <p className="text-sm text-muted">
              {t(`kind.${destination.kind}`)}
              {' · '}
              <bdi className="break-all">{destination.address}</bdi>
            </p>
            <p className="text-sm text-muted">
              {t(destination.required ? 'required' : 'bestEffort')}
            </p>
          </div>
          <span className="flex flex-wrap gap-1.5">
            <HealthLabel health={healthOf(destination)} />
            {cause && <CauseLabel cause={cause} />}
          </span>
        </div>
        <Times destination={destination} now={now} />
        {cause && <CauseAdvice cause={cause} words={words} />}
        <Queue destination={destination} />
        <div className="flex flex-wrap items-start gap-3">
          <EchoTest destination={destination} onDone={onChanged} />
          <Link
            to={`/admin/destinations/${destination.id}`}
            aria-label={t('editNamed', { name })}
            className={buttonLook('secondary')}
          >
            <Pencil aria-hidden className="size-4" />
            {t('edit')}
          </Link>
        </div>
      </article>
    </li>
  );
}

/** Since when it fails, when it last answered, and when it is tried next. */
function Times({ destination, now }: Pick<Props, 'destination' | 'now'>) {
  const { t } = useTranslation('destinations');
  const format = useFormat();
  const { failing_since: failingSince, retry_at: retryAt } = destination;
  const isNext = retryAt !== null && new Date(retryAt) > now && destination.enabled;
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
      {failingSince && destination.health === 'failing' && (
        <Fact name={t('failingSince')} value={format.dateTime(failingSince)} />
      )}
      <Fact
        name={t('lastSuccess')}
        value={
          destination.last_success_at
            ? format.timeAgo(destination.last_success_at, now)
            : t('never')
        }
      />
      {isNext && (
        <Fact
          name={t('nextTry')}
          value={t('inSeconds', {
            time: format.duration((new Date(retryAt).getTime() - now.getTime()) / 1000),
          })}
        />
      )}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  );
}
