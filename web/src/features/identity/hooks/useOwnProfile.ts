import { useEffect, useState } from 'react';

import { currentUser, type CurrentUser } from '@/shared/currentUser';
import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { useKept } from '@/shared/hooks/useKept';
import { usePolling } from '@/shared/hooks/usePolling';
import { keep } from '@/shared/kept/kept';

import { fetchCurrentUser } from '../api';

const RETRY_MS = 15_000;
const PROFILE = 'profile';
const OWN = 'own';

/**
 * Find out who is signed in, and tell everybody (`shared/currentUser`). Without network it is who the gateway last said.
 *
 * The pages tell of what stands in the way, so this only tries again.
 */
export function useOwnProfile(): CurrentUser | null {
  const [isFresh, setIsFresh] = useState(false);
  const user = useCurrentUser();
  const kept = useKept<CurrentUser>(PROFILE, OWN);

  usePolling(
    async (signal) => {
      try {
        const fresh = await fetchCurrentUser(signal);
        if (signal.aborted) return;
        currentUser.set(fresh);
        setIsFresh(true);
      } catch (error) {
        if (!signal.aborted) console.warn('The user profile could not be loaded', error);
      }
    },
    isFresh ? null : RETRY_MS,
  );

  useEffect(() => {
    if (kept && !currentUser.read()) currentUser.set(kept.value);
  }, [kept]);

  useEffect(() => {
    if (user && isFresh) void keep(PROFILE, OWN, user, { records: 1 });
  }, [user, isFresh]);

  return user;
}
