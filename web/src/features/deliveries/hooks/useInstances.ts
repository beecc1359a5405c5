import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';

import { fetchInstances, type Instance, type Outcome } from '../api';
import { AS_RECEIVED } from '../state';

const FRESH_MS = 10_000;

/** What became of a delivery's instances. Mount it anew for another outcome. */
export function useInstances(deliveryId: string, outcome: Outcome | null): ShownListing<Instance> {
  const loaded = useListing<Instance>({
    fetchPage: (page, signal) =>
      fetchInstances(deliveryId, { ...page, ...(outcome && { outcome }) }, signal),
    order: AS_RECEIVED,
    moves: (instance) => instance.outcome !== 'read_back',
    freshMs: () => FRESH_MS,
  });
  return withKept(loaded, null);
}
