import { useTranslation } from 'react-i18next';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { PageHeading } from '@/shared/ui/PageHeading';

import { fetchDestinations } from '../api';
import { DeliveryFilters } from '../components/DeliveryFilters';
import { DeliveryList } from '../components/DeliveryList';
import { addressOf } from '../filter';
import { useFilter } from '../hooks/useFilter';

/** What is on its way, what is stuck, and why. */
export default function DeliveriesPage() {
  const { t } = useTranslation('deliveries');
  const { filter, change, clear } = useFilter();
  const { value } = useLoaded(fetchDestinations);
  const destinations = value ?? [];
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('title')} />
      <DeliveryFilters
        filter={filter}
        destinations={destinations}
        onChange={change}
        onClear={clear}
      />
      <DeliveryList
        key={addressOf(filter).toString()}
        filter={filter}
        destinations={destinations}
        onClear={clear}
      />
    </div>
  );
}
