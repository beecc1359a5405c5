import { useEffect, useState } from 'react';

import { fetchUsers, type User } from '../api';

const DEBOUNCE_MS = 300;

interface FoundUsers {
  /** Null while nothing has been found or missed yet. */
  users: readonly User[] | null;
  /** More fit than are shown. */
  hasMore: boolean;
  error: unknown;
  retry: () => void;
}

const NOTHING = { users: null, hasMore: false, error: null };

/** The people whom some words find, once nobody types any more. */
export function useUserSearch(words: string, siteId: string | null): FoundUsers {
  const [found, setFound] = useState<Omit<FoundUsers, 'retry'>>(NOTHING);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const look = async () => {
      try {
        const { items, next_cursor: next } = await fetchUsers(words, siteId, signal);
        if (!signal.aborted) setFound({ users: items, hasMore: next !== null, error: null });
      } catch (error) {
        if (!signal.aborted) setFound({ ...NOTHING, error });
      }
    };
    const timer = setTimeout(() => void look(), words ? DEBOUNCE_MS : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [words, siteId, attempt]);

  return { ...found, retry: () => setAttempt(attempt + 1) };
}
