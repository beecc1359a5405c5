import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { addressOf, EVERYTHING, filterFrom, type Filter } from '../filter';

interface ChosenFilter {
  filter: Filter;
  change: (changes: Partial<Filter>) => void;
  clear: () => void;
}

/** The filter that the address says. Each change is a step in the history, but for the days of an own period. */
export function useFilter(): ChosenFilter {
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => filterFrom(address), [address]);
  return {
    filter,
    change: (changes) => {
      // A date field tells of every figure that is typed.
      const isTyped = Object.keys(changes).every((name) => name === 'from' || name === 'to');
      setAddress(addressOf({ ...filter, ...changes }), { replace: isTyped });
    },
    clear: () => setAddress(addressOf(EVERYTHING)),
  };
}
