import { describe, expect, it } from 'vitest';

import { makeNotification } from '@/test/fakeNotifications';

import type { NotificationItem } from './api';
import { firstPage, withFreshTop, withNews, withNextPage } from './listing';
import { afterNews, asRead, isOlder, NOTHING_KNOWN } from './news';

/** From the newest to the oldest. */
const [a, b, c, d, e] = Array.from({ length: 5 }, () => makeNotification()).toReversed() as [
  NotificationItem,
  NotificationItem,
  NotificationItem,
  NotificationItem,
  NotificationItem,
];
const page = (items: NotificationItem[], next: string | null = null, unread = items.length) => ({
  items,
  next_cursor: next,
  unread,
});

describe('the loaded part of the list', () => {
  it('grows downwards, and refuses a page of a list that was begun anew', () => {
    const listing = firstPage(page([a, b], b.id));
    expect(withNextPage(listing, b.id, page([c]))).toEqual({ items: [a, b, c], nextCursor: null });
    expect(withNextPage(listing, a.id, page([c]))).toBe(listing);
  });

  it('takes in what is new at the top, and keeps what is below', () => {
    const listing = { items: [b, c, d, e], nextCursor: 'after-e' };
    expect(withFreshTop(listing, page([a, b], b.id))).toEqual({
      items: [a, b, c, d, e],
      nextCursor: 'after-e',
    });
  });

  it('begins anew where more came than a page holds', () => {
    const fresh = page([a, b], b.id);
    expect(withFreshTop({ items: [d, e], nextCursor: null }, fresh)).toEqual(firstPage(fresh));
  });

  it('does not let an older answer undo what was read', () => {
    const listing = { items: [asRead(a), b], nextCursor: b.id };
    expect(withFreshTop(listing, page([a, b], b.id)).items).toEqual([asRead(a), b]);
  });

  it('takes news in once', () => {
    const listing = { items: [b], nextCursor: null };
    const news = { kind: 'arrived', items: [a] } as const;
    expect(withNews(withNews(listing, news), news).items).toEqual([a, b]);
    expect(withNews(listing, { kind: 'read', id: b.id }).items).toEqual([asRead(b)]);
    expect(withNews(listing, { kind: 'all-read' }).items).toEqual([asRead(b)]);
  });
});

describe('what is known besides', () => {
  const known = afterNews(NOTHING_KNOWN, { kind: 'refreshed', page: page([b, c], null, 7) });

  it('counts each arrival once', () => {
    const news = { kind: 'arrived', items: [a, b] } as const;
    const after = afterNews(known, news);
    expect(after).toEqual({ unread: 8, recent: [a, b, c] });
    expect(afterNews(after, news)).toBe(after);
  });

  it('counts down each reading once', () => {
    const after = afterNews(known, { kind: 'read', id: c.id });
    expect(after).toEqual({ unread: 6, recent: [b, asRead(c)] });
    expect(afterNews(after, { kind: 'read', id: c.id })).toBe(after);
    expect(afterNews(after, { kind: 'all-read' }).unread).toBe(0);
  });

  it('knows an answer that is older', () => {
    expect(isOlder(page([c]), known)).toBe(true);
    expect(isOlder(page([]), known)).toBe(true);
    expect(isOlder(page([b, c]), afterNews(known, { kind: 'read', id: c.id }))).toBe(true);
    expect(isOlder(page([b, c]), known)).toBe(false);
    expect(isOlder(page([a, b, asRead(c)]), known)).toBe(false);
    expect(isOlder(page([]), NOTHING_KNOWN)).toBe(false);
  });

  it('is nothing before the gateway has answered', () => {
    expect(afterNews(NOTHING_KNOWN, { kind: 'arrived', items: [a] })).toBe(NOTHING_KNOWN);
  });
});
