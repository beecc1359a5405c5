import { Inbox } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { Alert } from '@/shared/ui/Alert';
import { EmptyState } from '@/shared/ui/EmptyState';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { useUploadQueue } from '../hooks/useUploadQueue';
import type { SenderStatus } from '../outbox/status';
import type { Consignment } from '../outbox/types';

import { QueueActions } from './QueueActions';
import { QueueProblem } from './QueueProblem';
import { RetryNotice } from './RetryNotice';
import { UploadProgress } from './UploadProgress';

/** What is on this device: on its way, waiting, or sent and proven. */
export function QueueSection() {
  const { t } = useTranslation('queue');
  const { consignments, status } = useUploadQueue();
  return (
    <section aria-labelledby="queue" className="flex flex-col gap-3">
      <h2 id="queue" className="text-lg font-semibold">
        {t('title')}
      </h2>
      {consignments === null && <RowsSkeleton rows={2} />}
      {consignments?.length === 0 && (
        <EmptyState icon={Inbox} title={t('emptyTitle')}>
          <p>{t('emptyDetail')}</p>
        </EmptyState>
      )}
      {consignments && consignments.length > 0 && <Queue all={consignments} status={status} />}
    </section>
  );
}

function Queue({ all, status }: { all: Consignment[]; status: SenderStatus }) {
  const { t } = useTranslation('queue');
  const unkept = all.filter(({ state, isKept }) => state === 'queued' && !isKept);
  useUnloadWarning(unkept.length > 0 || all.some(({ state }) => state === 'packing'));
  return (
    <>
      {unkept.length > 0 && (
        <Alert tone="caution" title={t('keepOpenTitle')}>
          <p>{t('keepOpenDetail')}</p>
        </Alert>
      )}
      <RetryNotice status={status} />
      <ul className="flex flex-col gap-3">
        {all.map((consignment) => (
          <li
            key={consignment.id}
            className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4"
          >
            <UploadProgress consignment={consignment} status={status}>
              <UploadProgress.Header />
              <UploadProgress.Bar />
              <UploadProgress.Stages />
              <QueueProblem />
              <UploadProgress.FileList />
              <QueueActions all={all} />
            </UploadProgress>
          </li>
        ))}
      </ul>
    </>
  );
}
