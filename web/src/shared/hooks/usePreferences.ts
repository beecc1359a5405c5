import { useSyncExternalStore } from 'react';

import { preferences, type Preferences } from '@/shared/preferences';

/** The preferences of this device, with the way to change them. */
export function usePreferences(): Preferences & { change: typeof preferences.change } {
  const current = useSyncExternalStore(preferences.subscribe, preferences.read);
  return { ...current, change: preferences.change };
}
