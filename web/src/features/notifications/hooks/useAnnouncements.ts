import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { pageNews } from '@/shared/pageNews';
import { toasts } from '@/shared/toasts';

import type { NotificationItem } from '../api';
import type { NotificationFeed } from '../feed';
import { lookOf, pageOf } from '../looks';
import { wordsOf } from '../words';

/** What comes within this time comes together: after a break in the connection it may be a hundred. */
const TOGETHER_MS = 400;
const MOST_ONE_BY_ONE = 2;

/** Say by toasts what arrives while the person sees the app, unless the page that is shown says so itself. */
export function useAnnouncements(feed: NotificationFeed | null): void {
  const { t } = useTranslation('notifications');
  const format = useFormat();
  const { pathname } = useLocation();

  const announce = useEffectEvent((arrived: readonly NotificationItem[]) => {
    if (document.visibilityState === 'hidden') return;
    const items = arrived.filter((item) => !item.is_read && !isInView(item, pathname));
    const list = { to: '/notifications', text: t('toast.list') };
    if (items.length > MOST_ONE_BY_ONE) {
      const counts = { count: items.length, formatted: format.count(items.length) };
      toasts.show({ tone: 'active', title: t('toast.several', counts), link: list });
      return;
    }
    for (const item of items.toReversed()) {
      const { title, detail: text } = wordsOf(item, t);
      const page = pageOf(item);
      const link = page
        ? { to: page, text: t(`toast.${lookOf(item).about ?? 'upload'}`) }
        : undefined;
      toasts.show({ tone: lookOf(item).tone, title, text, link });
    }
  });

  useEffect(() => {
    let arrived: NotificationItem[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = feed?.onNews((news) => {
      if (news.kind !== 'arrived') return;
      refreshPages(news.items);
      arrived = [...news.items, ...arrived];
      timer ??= setTimeout(() => {
        announce(arrived);
        arrived = [];
        timer = undefined;
      }, TOGETHER_MS);
    });
    return () => {
      stop?.();
      clearTimeout(timer);
    };
  }, [feed]);
}

/** What is shown of what has happened is old: the page may have been left open since yesterday. */
function refreshPages(items: readonly NotificationItem[]): void {
  const pages = new Set(items.map((item) => pageOf(item)));
  for (const page of pages) if (page) pageNews.tell(page);
}

/**
 * Whether the page at this address shows what the notification says: the queue does so of what went well.
 *
 * What is critical is said all the same: a page that changes while somebody looks elsewhere on it says too little.
 */
function isInView(item: NotificationItem, pathname: string): boolean {
  if (lookOf(item).tone === 'critical') return false;
  if (pathname === '/notifications' || pathname === pageOf(item)) return true;
  return pathname === '/send' && item.type === 'upload_complete';
}
