import { useSyncExternalStore } from 'react';

import { session } from '@/shared/api/session';

import { NotificationFeed } from './feed';
import { NOTHING_KNOWN, type Overview } from './news';

let current: NotificationFeed | null = null;
const listeners = new Set<() => void>();

/** Open the feed of the person who is signed in. Returns how to close it. */
export function openFeed(): () => void {
  let isClosed = false;
  void session.userId().then((owner) => {
    if (!isClosed && owner !== null) set(new NotificationFeed(owner));
  });
  return () => {
    isClosed = true;
    current?.close();
    set(null);
  };
}

/** The feed of the person who is signed in; null until it is open. */
export function useFeed(): NotificationFeed | null {
  return useSyncExternalStore(subscribe, () => current);
}

/** The newest notifications, and how many are unread. */
export function useOverview(): Overview {
  const feed = useFeed();
  return useSyncExternalStore(feed?.subscribe ?? subscribe, feed?.overview ?? nothing);
}

function nothing(): Overview {
  return NOTHING_KNOWN;
}

function set(feed: NotificationFeed | null): void {
  current = feed;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
