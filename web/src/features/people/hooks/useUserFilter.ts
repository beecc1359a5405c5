import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { addressOf, EVERYBODY, filterFrom, type UserFilter } from '../filter';

interface ChosenFilter {
  filter: UserFilter;
  change: (changes: Partial<UserFilter>) => void;
  clear: () => void;
}

/** The filter that the address says. Each choice is a step in the history, and what is typed is none. */
export function useUserFilter(): ChosenFilter {
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => filterFrom(address), [address]);
  return {
    filter,
    change: (changes) => {
      if (changes.text === filter.text) return;
      setAddress(addressOf({ ...filter, ...changes }), { replace: 'text' in changes });
    },
    clear: () => setAddress(addressOf(EVERYBODY)),
  };
}
