import { useEffect, useState } from 'react';

import { useNextPage, type NextPage } from '@/shared/hooks/useNextPage';
import { usePolling } from '@/shared/hooks/usePolling';

import { fetchNotifications } from '../api';
import type { NotificationFeed } from '../feed';
import { firstPage, withNews, withNextPage, type Listing } from '../listing';

const PAGE = 50;
const FAILED_MS = 10_000;
/** News come by themselves; this finds what was read on another device. */
const CALM_MS = 60_000;

interface Notifications {
  /** Null until the first page is here. */
  listing: Listing | null;
  /** Why the newest state could not be had; the listing, if any, is what was last known. */
  error: unknown;
  reload: () => void;
  more: NextPage;
}

/** Everything that the person was told, newest first, and kept up to date. */
export function useNotifications(feed: NotificationFeed): Notifications {
  const [listing, setListing] = useState<Listing | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(
    () =>
      feed.onNews((news) =>
        setListing((current) => {
          if (current) return withNews(current, news);
          return news.kind === 'refreshed' ? firstPage(news.page) : null;
        }),
      ),
    [feed],
  );

  const reload = usePolling(
    async (signal) => {
      try {
        await feed.refresh(signal);
        if (!signal.aborted) setError(null);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    },
    error ? FAILED_MS : CALM_MS,
  );

  const more = useNextPage(
    listing?.nextCursor ?? null,
    (cursor, signal) => fetchNotifications({ limit: PAGE, cursor }, signal),
    (cursor, page) => setListing((current) => current && withNextPage(current, cursor, page)),
  );

  return { listing, error, reload, more };
}
