import { session } from '@/shared/api/session';

import type { KeptStore, Most } from './store';

export interface Kept<T> {
  value: T;
  /** When the gateway said so. */
  at: Date;
}

/** Keep something for the signed-in person. A browser that refuses is told of in the console only. */
export async function keep(
  kind: string,
  id: string,
  value: unknown,
  most: Most,
  size?: number,
): Promise<void> {
  await inStore((store) => store.put(kind, id, value, most, size), undefined);
}

/** What was kept of this for the signed-in person; null where nothing was. */
export function recall<T>(kind: string, id: string): Promise<Kept<T> | null> {
  return inStore(async (store) => {
    const found = await store.get(kind, id);
    return found ? { value: found.value as T, at: new Date(found.at) } : null;
  }, null);
}

/** Forget what was kept of this: the gateway says that it is gone. */
export async function forget(kind: string, id: string): Promise<void> {
  await inStore((store) => store.remove(kind, id), undefined);
}

let opened: { owner: string; store: KeptStore } | null = null;

async function inStore<T>(act: (store: KeptStore) => Promise<T>, otherwise: T): Promise<T> {
  try {
    const owner = await session.userId();
    if (owner === null) return otherwise;
    if (opened?.owner !== owner) {
      const { KeptStore: Store } = await import('./store');
      opened = { owner, store: new Store(owner) };
    }
    return await act(opened.store);
  } catch (error) {
    // No room, or no storage at all: everything works without it as long as there is a network.
    console.warn('The browser keeps nothing for offline use', error);
    return otherwise;
  }
}
