import { ArrowLeft, FileQuestion } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchDestination, fetchSites, isGone, type Destination } from '../api';
import { DestinationEditor } from '../components/DestinationEditor';
import { RemoveDestination } from '../components/RemoveDestination';
import { NEW, valuesOf } from '../values';

/** Where a destination is made, changed and removed. */
export default function DestinationPage() {
  const { destinationId = null } = useParams();
  const { t } = useTranslation('destinations');
  return (
    <div className="flex flex-col gap-5">
      <Link
        to="/admin/destinations"
        className="inline-flex min-h-11 items-center gap-1.5 self-start text-sm font-medium text-brand hover:underline"
      >
        <ArrowLeft aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('toList')}
      </Link>
      {destinationId ? (
        <Existing key={destinationId} id={destinationId} />
      ) : (
        <>
          <PageHeading title={t('new')} />
          <Writing destination={null} />
        </>
      )}
    </div>
  );
}

function Existing({ id }: { id: string }) {
  const { t } = useTranslation('destinations');
  const { value, error, reload } = useLoaded((signal) => fetchDestination(id, signal));
  if (isGone(error)) {
    return (
      <EmptyState level={1} icon={FileQuestion} title={t('goneTitle')}>
        <p>{t('goneDetail')}</p>
      </EmptyState>
    );
  }
  if (!value) return error ? <ProblemAlert error={error} onRetry={reload} /> : <RowsSkeleton />;
  return (
    <>
      <PageHeading title={t('editTitle')}>
        <bdi>{value.name}</bdi>
      </PageHeading>
      <Writing destination={value} />
    </>
  );
}

/** What is written is the person's from now on, whatever the gateway says later. */
function Writing({ destination }: { destination: Destination | null }) {
  const [base, setBase] = useState(destination);
  const { value: sites } = useLoaded(fetchSites);
  return (
    <>
      <DestinationEditor
        key={base?.version}
        destination={base}
        initial={base ? valuesOf(base) : NEW}
        sites={sites ?? []}
        onTake={setBase}
      />
      {base && <RemoveDestination destination={base} />}
    </>
  );
}
