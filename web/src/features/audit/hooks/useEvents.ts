import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import type { Order } from '@/shared/listing';

import { fetchEvents, type AuditEvent } from '../api';
import { queryOf, type AuditFilter } from '../filter';

const FRESH_MS = 30_000;

const NEWEST_FIRST: Order<AuditEvent> = {
  keyOf: ({ position }) => String(position),
  compare: (first, second) => second.position - first.position,
};

/** The events that a filter lets through, kept up to date. Mount it anew for another filter. */
export function useEvents(filter: AuditFilter): ShownListing<AuditEvent> {
  const loaded = useListing({
    fetchPage: ({ limit, cursor }, signal) =>
      fetchEvents(
        { ...queryOf(filter), limit, ...(cursor !== undefined && { cursor: Number(cursor) }) },
        signal,
      ),
    order: NEWEST_FIRST,
    moves: () => false, // nothing in a trail changes
    freshMs: () => FRESH_MS,
  });
  return withKept(loaded, null);
}
