import { useMemo } from 'react';

import { useLoaded } from '@/shared/hooks/useLoaded';

import { fetchSiteNames, type SiteName } from '../api';

interface SiteNames {
  /** Null until they are here. */
  sites: readonly SiteName[] | null;
  error: unknown;
  reload: () => void;
  /** Empty until it is known. */
  nameOf: (id: SiteName['id']) => string;
}

/** What the sites are called, by name. */
export function useSiteNames(): SiteNames {
  const { value: sites, error, reload } = useLoaded(fetchSiteNames);
  const names = useMemo(() => new Map(sites?.map(({ id, name }) => [id, name])), [sites]);
  return { sites, error, reload, nameOf: (id) => names.get(id) ?? '' };
}
