import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

/** Whether the person treats patients: who reads or administers answers no question and takes note of no result. */
export function useTreats(): boolean {
  const role = useCurrentUser()?.role;
  return role === 'clinician' || role === 'radiographer';
}
