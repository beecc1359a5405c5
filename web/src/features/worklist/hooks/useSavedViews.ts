import { useSyncExternalStore } from 'react';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

import { savedViews, type SavedView } from '../savedViews';
import type { View } from '../view';

export interface OwnViews {
  saved: readonly SavedView[];
  save: (name: string, view: View) => void;
  rename: (name: string, newName: string) => void;
  remove: (name: string) => void;
  setDefault: (name: string | null) => void;
}

/** The views that the person has saved on this device. */
export function useSavedViews(): OwnViews {
  const userId = useCurrentUser()?.id ?? '';
  const saved = useSyncExternalStore(savedViews.subscribe, () => savedViews.of(userId));
  return {
    saved,
    save: (name, view) => savedViews.save(userId, name, view),
    rename: (name, newName) => savedViews.rename(userId, name, newName),
    remove: (name) => savedViews.remove(userId, name),
    setDefault: (name) => savedViews.setDefault(userId, name),
  };
}
