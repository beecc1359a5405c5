import { useEffect, useState } from 'react';

import { usePolling } from '@/shared/hooks/usePolling';

import { fetchCurrentUser, type CurrentUser } from '../api';
import { onProfileChange } from '../profile';

const RETRY_MS = 15_000;

/** The signed-in person; null until known. The pages tell of what stands in the way, so this only tries again. */
export function useCurrentUser(): CurrentUser | null {
  const [user, setUser] = useState<CurrentUser | null>(null);

  usePolling(
    async (signal) => {
      try {
        setUser(await fetchCurrentUser(signal));
      } catch (error) {
        if (!signal.aborted) console.warn('The user profile could not be loaded', error);
      }
    },
    user ? null : RETRY_MS,
  );

  useEffect(() => onProfileChange(setUser), []);

  return user;
}
