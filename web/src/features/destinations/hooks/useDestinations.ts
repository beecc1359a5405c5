import { useLive, type Live } from '@/shared/hooks/useLive';

import { fetchDestinations, type Destination } from '../api';

const FRESH_MS = 5_000;

/** All destinations with their health, as long as somebody looks. */
export function useDestinations(): Live<Destination[]> {
  return useLive(fetchDestinations, FRESH_MS);
}
