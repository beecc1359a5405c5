import type { NotificationItem, NotificationPage } from './api';
import { asRead, type News } from './news';

/** The part of the list that is loaded: from the newest one down, without gaps. */
export interface Listing {
  items: NotificationItem[];
  /** Where the rest begins; null at the end. */
  nextCursor: string | null;
}

export function firstPage(page: NotificationPage): Listing {
  return { items: page.items, nextCursor: page.next_cursor };
}

/** Put the next page under what is loaded, unless the list was begun anew since `cursor` was taken from it. */
export function withNextPage(listing: Listing, cursor: string, page: NotificationPage): Listing {
  if (listing.nextCursor !== cursor) return listing;
  return { items: [...listing.items, ...page.items], nextCursor: page.next_cursor };
}

/**
 * Replace the top of the list by what the server says now, and keep what is loaded below it.
 *
 * Where the two do not meet (more came than a page holds), the list begins anew. What was read stays so: a page may be
 * older than the reading.
 */
export function withFreshTop(listing: Listing, page: NotificationPage): Listing {
  const last = page.items.at(-1);
  const seam = listing.items.findIndex((item) => item.id === last?.id);
  if (!last || page.next_cursor === null || seam === -1) return firstPage(page);
  const wasRead = new Set(listing.items.filter((item) => item.is_read).map((item) => item.id));
  const top = page.items.map((item) => (wasRead.has(item.id) ? asRead(item) : item));
  const below = listing.items.slice(seam + 1);
  const nextCursor = below.length > 0 ? listing.nextCursor : page.next_cursor;
  return { items: [...top, ...below], nextCursor };
}

/** Take in what has just been heard. */
export function withNews(listing: Listing, news: News): Listing {
  switch (news.kind) {
    case 'arrived': {
      const known = new Set(listing.items.map((item) => item.id));
      const fresh = news.items.filter((item) => !known.has(item.id));
      return { ...listing, items: [...fresh, ...listing.items] };
    }
    case 'read':
      return { ...listing, items: listing.items.map((item) => asRead(item, news.id)) };
    case 'all-read':
      return { ...listing, items: listing.items.map((item) => asRead(item)) };
    case 'refreshed':
      return withFreshTop(listing, news.page);
  }
}
