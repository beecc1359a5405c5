import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

/** Whether the person treats patients: who reads or administers has the worklist. */
export function useTreats(): boolean {
  const role = useCurrentUser()?.role;
  return role === 'clinician' || role === 'radiographer';
}
