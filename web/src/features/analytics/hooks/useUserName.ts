import { useLoaded } from '@/shared/hooks/useLoaded';

import { fetchUser } from '../api';

/** What a person is called; null until known. Mount it anew for another person. */
export function useUserName(userId: string): string | null {
  const { value } = useLoaded((signal) => fetchUser(userId, signal));
  return value ? value.full_name || value.username : null;
}
