import { useState } from 'react';

import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';

import { fetchDeliveries, type Delivery } from '../api';
import { queryOf, type Filter } from '../filter';
import { moves, NEWEST_FIRST } from '../state';

const BUSY_MS = 5_000;
const CALM_MS = 15_000;

/** Deliveries as far as they are loaded, kept up to date. Mount it anew for another filter. */
export function useDeliveries(filter: Filter): ShownListing<Delivery> {
  // What is older than an hour now: a list whose end moves all the time cannot be paged.
  const [query] = useState(() => queryOf(filter, new Date()));
  const loaded = useListing<Delivery>({
    fetchPage: (page, signal) => fetchDeliveries({ ...query, ...page }, signal),
    order: NEWEST_FIRST,
    moves,
    freshMs: (items) => (items.some(moves) ? BUSY_MS : CALM_MS),
  });
  return withKept(loaded, null);
}
