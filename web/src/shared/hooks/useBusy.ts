import { useSyncExternalStore } from 'react';

import { busy } from '@/shared/busy';

/** Whether something is under way in this tab that must not be interrupted. */
export function useBusy(): boolean {
  return useSyncExternalStore(busy.subscribe, busy.here);
}
