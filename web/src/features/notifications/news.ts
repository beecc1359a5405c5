import type { NotificationItem, NotificationPage } from './api';

/** What is known of a person's notifications besides the page that lists them. */
export interface Overview {
  /** How many are unread; null until the gateway has said so. */
  unread: number | null;
  /** The newest ones, newest first. */
  recent: readonly NotificationItem[];
}

/** What changes it, in every tab alike. */
export type News =
  | { kind: 'arrived'; items: readonly NotificationItem[] }
  | { kind: 'read'; id: string }
  | { kind: 'all-read' }
  /** What the gateway says now of the newest ones, and of all that is unread. */
  | { kind: 'refreshed'; page: NotificationPage };

export const RECENT = 50;
export const NOTHING_KNOWN: Overview = { unread: null, recent: [] };

/** Return those that came after everything known. Ids are ordered by time (UUID of version 7), also as text. */
export function newerThan(
  { recent }: Overview,
  items: readonly NotificationItem[],
): NotificationItem[] {
  const newest = recent[0]?.id ?? '';
  return items.filter((item) => item.id > newest);
}

/** Whether an answer of the gateway does not know yet what is known: nothing is ever deleted, or unread again. */
export function isOlder({ items }: NotificationPage, { recent }: Overview): boolean {
  const [newest] = recent;
  if (newest && newest.id > (items[0]?.id ?? '')) return true;
  const read = new Set(recent.filter((item) => item.is_read).map((item) => item.id));
  return items.some((item) => !item.is_read && read.has(item.id));
}

export function afterNews(overview: Overview, news: News): Overview {
  const { unread, recent } = overview;
  if (news.kind === 'refreshed') return { unread: news.page.unread, recent: news.page.items };
  if (unread === null) return overview;
  switch (news.kind) {
    case 'arrived': {
      const items = newerThan(overview, news.items);
      const more = items.filter((item) => !item.is_read).length;
      return items.length === 0
        ? overview
        : { unread: unread + more, recent: [...items, ...recent].slice(0, RECENT) };
    }
    case 'read': {
      if (!recent.some((item) => item.id === news.id && !item.is_read)) return overview;
      return {
        unread: Math.max(0, unread - 1),
        recent: recent.map((item) => asRead(item, news.id)),
      };
    }
    case 'all-read':
      return { unread: 0, recent: recent.map((item) => asRead(item)) };
  }
}

/** Return the notification as read if it is the one with this id; without an id it is. */
export function asRead(item: NotificationItem, id = item.id): NotificationItem {
  return item.is_read || item.id !== id ? item : { ...item, is_read: true };
}
