import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { useLive } from '@/shared/hooks/useLive';
import { Alert } from '@/shared/ui/Alert';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchSystem, type Part, type System } from '../api';
import { ConcernList } from '../components/ConcernList';
import { DestinationsSection } from '../components/DestinationsSection';
import { JobsSection } from '../components/JobsSection';
import { PartsSection } from '../components/PartsSection';
import { QueueSection } from '../components/QueueSection';
import { useNames } from '../hooks/useNames';

const EVERY_MS = 10_000;

/** What is stuck, where and why; below it how everything is. */
export default function SystemPage() {
  const { t } = useTranslation('system');
  const { value: system, heardAt, asOf, error, reload } = useLive(fetchSystem, EVERY_MS);
  const isDown = error instanceof ApiError && error.code.startsWith('database-');
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('title')} />
      {isDown && (
        <Alert tone="critical" title={t('concern.database-silent.what')}>
          <p>{t('concern.database-silent.todo')}</p>
        </Alert>
      )}
      <div className="flex flex-col gap-3 empty:hidden">
        <Freshness asOf={asOf} error={isDown ? null : error} onRetry={reload} />
      </div>
      {system && heardAt && <Known system={system} heardAt={heardAt} />}
      {!system && !error && <RowsSkeleton rows={6} />}
    </div>
  );
}

function Known({ system, heardAt }: { system: System; heardAt: Date }) {
  const { at, queue, destinations, jobs } = system;
  return (
    <>
      <ConcernList system={system} />
      {queue ? <QueueSection queue={queue} at={at} /> : <Silent part="queue" />}
      {destinations ? (
        <DestinationsSection destinations={destinations} at={at} />
      ) : (
        <Silent part="destinations" />
      )}
      {jobs ? <JobsSection jobs={jobs} at={at} /> : <Silent part="jobs" />}
      <PartsSection system={system} heardAt={heardAt} />
    </>
  );
}

/** Stands in the place of what was not answered. */
function Silent({ part }: { part: Part }) {
  const { t } = useTranslation('system');
  const names = useNames();
  return <Alert tone="caution" title={t('concern.part-silent.what', { name: names.part(part) })} />;
}
