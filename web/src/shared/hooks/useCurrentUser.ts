import { useSyncExternalStore } from 'react';

import { currentUser, type CurrentUser } from '@/shared/currentUser';

/** Who is signed in; null until known. The account menu, which is on every page, finds it out. */
export function useCurrentUser(): CurrentUser | null {
  return useSyncExternalStore(currentUser.subscribe, currentUser.read);
}
