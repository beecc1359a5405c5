import { useSyncExternalStore } from 'react';

import { session } from '@/shared/api/session';

import { Outbox } from './outbox';
import { canSend } from './platform';

let current: Outbox | null = null;
const listeners = new Set<() => void>();

/**
 * Open the outbox of the person who is signed in, and send what is in it whenever this tab's turn comes. Returns how
 * to close it.
 */
export function openOutbox(): () => void {
  if (!canSend()) return () => undefined;
  let isClosed = false;
  void session.userId().then((owner) => {
    if (isClosed || owner === null) return;
    const outbox = new Outbox(owner);
    void outbox.start();
    set(outbox);
  });
  return () => {
    isClosed = true;
    current?.close();
    set(null);
  };
}

/** The outbox of the person who is signed in; null until it is open. */
export function useOutbox(): Outbox | null {
  return useSyncExternalStore(subscribe, () => current);
}

function set(outbox: Outbox | null): void {
  current = outbox;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
