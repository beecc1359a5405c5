import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { addressOf, EVERYTHING, filterFrom, type Filter } from '../filter';

interface ChosenFilter {
  filter: Filter;
  change: (changes: Partial<Filter>) => void;
  clear: () => void;
}

/** The filter that the address says. */
export function useFilter(): ChosenFilter {
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => filterFrom(address), [address]);
  return {
    filter,
    change: (changes) => setAddress(addressOf({ ...filter, ...changes })),
    clear: () => setAddress(addressOf(EVERYTHING)),
  };
}
