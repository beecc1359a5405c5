import { ArrowLeft, FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import { useLive } from '@/shared/hooks/useLive';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { Section } from '@/shared/ui/Section';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchDelivery, isGone, type Delivery } from '../api';
import { DeliveryActions } from '../components/DeliveryActions';
import { DeliveryFacts } from '../components/DeliveryFacts';
import { DeliveryStateLabel } from '../components/DeliveryStateLabel';
import { InstanceOutcomes } from '../components/InstanceOutcomes';
import { Reasons } from '../components/Reasons';
import { doingOf, moves, shortId } from '../state';

const BUSY_MS = 3_000;
const CALM_MS = 15_000;

export default function DeliveryPage() {
  const { deliveryId = '' } = useParams();
  return <CurrentDelivery key={deliveryId} id={deliveryId} />;
}

function CurrentDelivery({ id }: { id: string }) {
  const { t } = useTranslation('deliveries');
  const { value, error, asOf, reload } = useLive<Delivery>(
    (signal) => fetchDelivery(id, signal),
    (delivery) => (delivery && moves(delivery) ? BUSY_MS : CALM_MS),
  );
  const isMissing = isGone(error);
  return (
    <div className="flex flex-col gap-5">
      <Link
        to="/admin/deliveries"
        className="inline-flex min-h-11 items-center gap-1.5 self-start text-sm font-medium text-brand hover:underline"
      >
        <ArrowLeft aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('toList')}
      </Link>
      {isMissing ? (
        <EmptyState level={1} icon={FileQuestion} title={t('goneTitle')}>
          <p>{t('goneDetail')}</p>
        </EmptyState>
      ) : (
        <Freshness asOf={asOf} error={error} onRetry={reload} />
      )}
      {value && !isMissing && <Details delivery={value} onDone={reload} />}
      {!value && !error && <RowsSkeleton />}
    </div>
  );
}

function Details({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  const { t } = useTranslation('deliveries');
  return (
    <>
      <header className="flex flex-col gap-2">
        <PageHeading title={t('one', { id: shortId(delivery.id) })} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
          <span role="status">
            <DeliveryStateLabel doing={doingOf(delivery)} />
          </span>
          <ServiceLevel level={delivery.service_level} />
        </div>
      </header>
      <DeliveryActions delivery={delivery} onDone={onDone} />
      <Reasons delivery={delivery} />
      <Section title={t('facts')}>
        <DeliveryFacts delivery={delivery} />
      </Section>
      <InstanceOutcomes deliveryId={delivery.id} />
    </>
  );
}
