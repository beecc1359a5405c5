import { useLoaded, type Loaded } from '@/shared/hooks/useLoaded';

import { fetchSites, type Site } from '../api';

/** The sites that an administrator may choose from. */
export function useSites(): Loaded<Site[]> {
  return useLoaded(fetchSites);
}
