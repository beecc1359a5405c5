import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useLive } from '@/shared/hooks/useLive';
import { useNow } from '@/shared/hooks/useNow';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchHeld } from '../api';
import { HeldTable } from '../components/HeldTable';

const EVERY_MS = 10_000;
const MINUTE_MS = 60_000;

/** The studies of all sites that somebody has to decide on, the one that waits longest first. */
export default function HeldPage() {
  const { t } = useTranslation('system');
  const format = useFormat();
  const now = useNow(MINUTE_MS);
  const { value: uploads, asOf, error, reload } = useLive(fetchHeld, EVERY_MS);
  const count = uploads?.length ?? 0;
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('held.title')} />
      <p className="max-w-prose text-sm text-muted">{t('held.intro')}</p>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p role="status" className="min-h-5 text-sm text-muted">
          {uploads && t('held.found', { count, formatted: format.count(count) })}
        </p>
        <Freshness asOf={asOf} error={error} onRetry={reload} />
      </div>
      {uploads && count > 0 && <HeldTable uploads={uploads} now={now} />}
      {uploads && count === 0 && (
        <EmptyState icon={CircleCheck} title={t('held.emptyTitle')}>
          {t('held.emptyDetail')}
        </EmptyState>
      )}
      {!uploads && !error && <RowsSkeleton rows={4} />}
    </div>
  );
}
