import { useEffect } from 'react';
import { useLocation } from 'react-router';

import { usePageVisible } from '@/shared/hooks/usePageVisible';

import { useOverview } from '../current';
import type { NotificationFeed } from '../feed';
import { pageOf } from '../looks';

/** Mark a notification read as soon as the person sees the page of what it is about, however they came there. */
export function useReadOnArrival(feed: NotificationFeed | null): void {
  const { pathname } = useLocation();
  const { recent } = useOverview();
  const isSeen = usePageVisible();

  useEffect(() => {
    if (!feed || !isSeen) return;
    for (const item of recent) {
      if (item.is_read || pageOf(item) !== pathname) continue;
      feed.markRead(item.id).catch((error: unknown) => {
        console.warn('A notification could not be marked as read: it stays unread', error);
      });
    }
  }, [feed, isSeen, pathname, recent]);
}
