import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Listing } from '@/shared/listing';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { AuditEvent } from '../api';

import { EventDialog } from './EventDialog';
import { EVENT_COLUMNS, EventRow } from './EventRow';

const COLUMNS = ['what', 'who', 'object', 'address', 'at'] as const;

interface Props {
  listing: Listing<AuditEvent>;
  busy: boolean;
}

/** The events that are loaded, as many as there may be. */
export function EventTable({ listing, busy }: Props) {
  const { t } = useTranslation('audit');
  const [open, setOpen] = useState<AuditEvent | null>(null);
  return (
    <>
      <Table
        label={t('title')}
        rowCount={listing.nextCursor === null ? listing.items.length : undefined}
        busy={busy}
      >
        <TableHead template={EVENT_COLUMNS} columns={COLUMNS.map((name) => t(`column.${name}`))} />
        <TableRows
          items={listing.items}
          row={(event, index) => (
            <EventRow
              key={event.position}
              event={event}
              index={index}
              onOpen={() => setOpen(event)}
            />
          )}
        />
      </Table>
      {open && <EventDialog event={open} onClose={() => setOpen(null)} />}
    </>
  );
}
