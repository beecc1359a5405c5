import type { CurrentUser } from './api';

const listeners = new Set<(user: CurrentUser) => void>();

/** Hear of changes that the signed-in person makes to the own profile. Returns the way to stop. */
export function onProfileChange(listener: (user: CurrentUser) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function announceProfile(user: CurrentUser): void {
  listeners.forEach((listener) => listener(user));
}
