import { useState } from 'react';

import { useKept } from '@/shared/hooks/useKept';
import { usePolling } from '@/shared/hooks/usePolling';
import { keep } from '@/shared/kept/kept';

import { fetchSites, type Site } from '../api';

const RETRY_MS = 15_000;
const KEPT_SITES = 'sites';
const ALL = 'all';

/** The sites that studies come from; without network those that the gateway last named. */
export function useSites(): readonly Site[] {
  const [sites, setSites] = useState<Site[] | null>(null);
  const kept = useKept<Site[]>(KEPT_SITES, ALL);

  usePolling(
    async (signal) => {
      try {
        const found = await fetchSites(signal);
        if (signal.aborted) return;
        setSites(found);
        void keep(KEPT_SITES, ALL, found, { records: 1 });
      } catch (error) {
        // The list tells of what stands in the way; without sites it is only not narrowed by one.
        if (!signal.aborted) console.warn('The sites could not be loaded', error);
      }
    },
    sites ? null : RETRY_MS,
  );

  return sites ?? kept?.value ?? [];
}
