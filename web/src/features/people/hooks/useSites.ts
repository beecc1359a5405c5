import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import { compareTexts, type Order } from '@/shared/listing';

import { fetchSites, type Site } from '../api';

const FRESH_MS = 30_000;

/** In the order they were made: ids are ordered by time (UUID of version 7), also as text. */
const OLDEST_FIRST: Order<Site> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(first.id, second.id),
};

/** The sites whose names hold a text, kept up to date. Mount it anew for another text. */
export function useSites(text: string): ShownListing<Site> {
  const loaded = useListing({
    fetchPage: (page, signal) => fetchSites({ ...(text && { q: text }), ...page }, signal),
    order: OLDEST_FIRST,
    moves: () => true,
    freshMs: () => FRESH_MS,
  });
  return withKept(loaded, null);
}
