import { session } from './api/session';
import type { Answer } from './api/types';

export type CurrentUser = Answer<'/api/v1/auth/me', 'get'>;

let user: CurrentUser | null = null;
const listeners = new Set<() => void>();

function enter(next: CurrentUser | null): void {
  user = next;
  listeners.forEach((listener) => listener());
}

// Another person, or nobody: who it is has to be learnt anew.
session.subscribe(() => enter(null));

/** Who is signed in, for every part of the app; null until known. */
export const currentUser = {
  read: (): CurrentUser | null => user,
  set: enter,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
