import { Network, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { useNow } from '@/shared/hooks/useNow';
import { buttonLook } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchSites, type Destination } from '../api';
import { DestinationCard } from '../components/DestinationCard';
import { RouteTryout } from '../components/RouteTryout';
import { byUrgency } from '../health';
import { useDestinations } from '../hooks/useDestinations';

/** Where studies go: how each place does, what waits for it, and which studies it gets. */
export default function DestinationsPage() {
  const { t } = useTranslation('destinations');
  const { value, error, asOf, reload } = useDestinations();
  const { value: sites } = useLoaded(fetchSites);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title={t('title')} />
        <Link to="/admin/destinations/new" className={buttonLook('primary')}>
          <Plus aria-hidden className="size-4" />
          {t('new')}
        </Link>
      </div>
      <Freshness asOf={asOf} error={error} onRetry={reload} />
      {value && <Destinations destinations={value} onChanged={reload} />}
      {!value && !error && <RowsSkeleton rows={3} />}
      {value && value.length > 0 && <RouteTryout sites={sites ?? []} candidate={null} />}
    </div>
  );
}

interface Props {
  destinations: readonly Destination[];
  onChanged: () => void;
}

function Destinations({ destinations, onChanged }: Props) {
  const { t } = useTranslation('destinations');
  const now = useNow(1_000);
  if (destinations.length === 0) {
    return (
      <EmptyState icon={Network} title={t('emptyTitle')}>
        <p>{t('emptyDetail')}</p>
      </EmptyState>
    );
  }
  return (
    <ul aria-label={t('title')} className="grid gap-4">
      {byUrgency(destinations).map((destination) => (
        <DestinationCard
          key={destination.id}
          destination={destination}
          now={now}
          onChanged={onChanged}
        />
      ))}
    </ul>
  );
}
