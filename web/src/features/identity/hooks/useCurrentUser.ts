import { useEffect, useState } from 'react';

import { useOnline } from '@/shared/hooks/useOnline';

import { fetchCurrentUser, type CurrentUser } from '../api';

/** The signed-in person; null until known. Asked again when the network comes back. */
export function useCurrentUser(): CurrentUser | null {
  const [user, setUser] = useState<CurrentUser | null>(null);
  const online = useOnline();

  useEffect(() => {
    if (user || !online) return;
    const controller = new AbortController();
    fetchCurrentUser(controller.signal).then(setUser, (error: unknown) => {
      if (!controller.signal.aborted) console.warn('The user profile could not be loaded', error);
    });
    return () => controller.abort();
  }, [user, online]);

  return user;
}
