import { Truck } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useNow } from '@/shared/hooks/useNow';
import type { Listing } from '@/shared/listing';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { NothingFits } from '@/shared/ui/NothingFits';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Delivery, Destination } from '../api';
import { mayRetry, type Filter } from '../filter';
import { useDeliveries } from '../hooks/useDeliveries';
import { useNarrowing } from '../hooks/useNarrowing';

import { BulkRetry } from './BulkRetry';
import { DeliveryRow, TEMPLATE } from './DeliveryRow';

interface Props {
  filter: Filter;
  destinations: readonly Destination[];
  onClear: () => void;
}

/** What fits a filter, kept up to date. Mount it anew for another one. */
export function DeliveryList({ filter, destinations, onClear }: Props) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const shown = useDeliveries(filter);
  const narrowing = useNarrowing(filter, destinations);
  const hasSome = (shown.listing?.items.length ?? 0) > 0;
  return (
    <>
      {hasSome && mayRetry(filter) && (
        <BulkRetry filter={filter} narrowing={narrowing} onDone={shown.reload} />
      )}
      <LiveList
        shown={shown}
        found={(count) => t('found', { count, formatted: format.count(count) })}
        isNarrowed={narrowing.length > 0}
        nothing={
          narrowing.length > 0 ? (
            <NothingFits
              title={t('noneFit')}
              narrowing={narrowing}
              clear={t('filter.clear')}
              onClear={onClear}
            />
          ) : (
            <EmptyState icon={Truck} title={t('emptyTitle')}>
              <p>{t('emptyDetail')}</p>
            </EmptyState>
          )
        }
        table={(listing) => <Rows listing={listing} />}
      />
    </>
  );
}

function Rows({ listing }: { listing: Listing<Delivery> }) {
  const { t } = useTranslation('deliveries');
  const now = useNow(1_000);
  const columns = ['what', 'destination', 'state', 'verified', 'next'] as const;
  return (
    <Table
      label={t('title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
    >
      <TableHead columns={columns.map((name) => t(`column.${name}`))} template={TEMPLATE} />
      <TableRows
        items={listing.items}
        row={(delivery, index) => (
          <DeliveryRow key={delivery.id} delivery={delivery} index={index} now={now} />
        )}
      />
    </Table>
  );
}
