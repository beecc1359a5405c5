import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { LiveList } from '@/shared/ui/LiveList';

import { narrowedBy, type AuditFilter } from '../filter';
import { useEvents } from '../hooks/useEvents';

import { EventTable } from './EventTable';
import { NoEvents } from './NoEvents';

interface Props {
  filter: AuditFilter;
  onClear: () => void;
}

/** The events that a filter lets through. Give it the filter as its key: it does not change to another. */
export function EventList({ filter, onClear }: Props) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const events = useEvents(filter);
  return (
    <LiveList
      shown={events}
      found={(count) => t('found', { count, formatted: format.count(count) })}
      isNarrowed={narrowedBy(filter).length > 0}
      nothing={<NoEvents filter={filter} onClear={onClear} />}
      table={(listing) => <EventTable listing={listing} busy={events.more.busy} />}
    />
  );
}
