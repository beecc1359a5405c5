import { http } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { busy } from '@/shared/busy';
import { worklistNews } from '@/shared/worklistNews';
import { FakeNotifications, makeNotification, tokensOf } from '@/test/fakeNotifications';
import { haveLocks } from '@/test/locks';
import { API, problem, server } from '@/test/server';

import { NotificationFeed } from './feed';
import type { News } from './news';

const POLL_MS = 30_000;
const LOOK_MS = 3_000;
const tabs: NotificationFeed[] = [];
let takeLocksAway: () => void = () => undefined;

function openTab(owner = 'jane'): { feed: NotificationFeed; heard: News[] } {
  const feed = new NotificationFeed(owner);
  tabs.push(feed);
  const heard: News[] = [];
  feed.onNews((news) => heard.push(news));
  return { feed, heard };
}

const unreadOf = ({ feed }: { feed: NotificationFeed }) => feed.overview().unread;

beforeEach(() => session.begin(tokensOf('jane')));

afterEach(() => {
  tabs.splice(0).forEach((feed) => feed.close());
  takeLocksAway();
  takeLocksAway = () => undefined;
  vi.useRealTimers();
});

describe('the feed', () => {
  it('begins with what there is, and asks the stream for what came after that', async () => {
    const older = makeNotification({ is_read: true });
    const old = makeNotification();
    const gateway = new FakeNotifications([old, older]);
    const tab = openTab();
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    expect(gateway.open[0]?.lastEventId).toBe(old.id);
    expect(unreadOf(tab)).toBe(1);
    expect(tab.heard.map(({ kind }) => kind)).toEqual(['refreshed']);
    gateway.tell(makeNotification());
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(2));
  });

  it('skips what it cannot read', async () => {
    const gateway = new FakeNotifications();
    const tab = openTab();
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    for (const data of ['{', 'null', '[]', '{"id":1}']) {
      gateway.open[0]?.send(`event: notification\ndata: ${data}\n\n`);
    }
    gateway.open[0]?.send('data: {"id":"9","type":"upload_held"}\n\n');
    gateway.tell(makeNotification());
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(1));
  });

  it('has one connection for all tabs, and another tab takes it over', async () => {
    takeLocksAway = haveLocks();
    const gateway = new FakeNotifications();
    const [here, there] = [openTab(), openTab()];
    await vi.waitFor(() => expect([unreadOf(here), unreadOf(there)]).toEqual([0, 0]));
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    const first = makeNotification();
    gateway.tell(first);
    await vi.waitFor(() => expect([unreadOf(here), unreadOf(there)]).toEqual([1, 1]));
    here.feed.close();
    await vi.waitFor(() => expect(gateway.streams).toHaveLength(2));
    expect(gateway.streams[1]?.lastEventId).toBe(first.id);
    gateway.tell(makeNotification());
    await vi.waitFor(() => expect(unreadOf(there)).toBe(2));
  });

  it('tells other tabs what was read, and nothing to those of somebody else', async () => {
    takeLocksAway = haveLocks();
    const item = makeNotification();
    const gateway = new FakeNotifications([item, makeNotification({ id: '0' })]);
    const [here, there, stranger] = [openTab(), openTab(), openTab('anne')];
    await vi.waitFor(() => expect([unreadOf(here), unreadOf(there)]).toEqual([2, 2]));
    await here.feed.markRead(item.id);
    await vi.waitFor(() => expect(unreadOf(there)).toBe(1));
    await here.feed.markAllRead();
    await vi.waitFor(() => expect(unreadOf(there)).toBe(0));
    expect(gateway.unread).toBe(0);
    expect(stranger.heard.every(({ kind }) => kind === 'refreshed')).toBe(true);
  });

  it('tells every tab of the same person that the worklist has changed', async () => {
    takeLocksAway = haveLocks();
    const gateway = new FakeNotifications();
    const [here, there] = [openTab(), openTab()];
    openTab('anne');
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    await vi.waitFor(() => expect([unreadOf(here), unreadOf(there)]).toEqual([0, 0]));
    const told = vi.fn();
    const forget = worklistNews.subscribe(told);
    gateway.open[0]?.send('event: worklist\ndata: {}\n\n');
    // In a browser each tab has a store of its own; here both tell the same one.
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2));
    forget();
    expect([unreadOf(here), unreadOf(there)]).toEqual([0, 0]);
  });

  it('shows nothing as read that the gateway does not know to be', async () => {
    const item = makeNotification();
    new FakeNotifications([item]);
    const tab = openTab();
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(1));
    server.use(http.post(`${API}/notifications/:id/read`, () => problem(500, 'x', 'No', '')));
    await expect(tab.feed.markRead(item.id)).rejects.toThrow('No');
    expect(unreadOf(tab)).toBe(1);
  });

  it('asks for the list where no stream comes through', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const gateway = new FakeNotifications();
    gateway.refusal = () => problem(502, 'bad-gateway', 'Bad gateway', '');
    const tab = openTab();
    await vi.waitFor(() => expect(gateway.streams.length).toBeGreaterThan(0));
    gateway.items = [makeNotification(), ...gateway.items];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(1));
    expect(tab.heard.map(({ kind }) => kind)).toEqual(['refreshed', 'arrived', 'refreshed']);
  });

  it('leaves the connection to what is being sent, and asks for the list meanwhile', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const gateway = new FakeNotifications();
    const tab = openTab();
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    const release = busy.hold();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(gateway.open).toEqual([]);
    gateway.tell(makeNotification());
    await vi.advanceTimersByTimeAsync(POLL_MS);
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(1));
    release();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    expect(gateway.open[0]?.lastEventId).toBe(gateway.items[0]?.id);
  });

  it('looks again when the page is seen again', async () => {
    const gateway = new FakeNotifications();
    const tab = openTab();
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    gateway.items = [makeNotification()];
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => expect(unreadOf(tab)).toBe(1));
  });

  it('does not ask while the stream is live', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const gateway = new FakeNotifications();
    openTab();
    await vi.waitFor(() => expect(gateway.open).toHaveLength(1));
    for (let passed = 0; passed < POLL_MS * 3; passed += 10_000) {
      gateway.open[0]?.send(':\n\n');
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(gateway.streams).toHaveLength(1);
    expect(gateway.listed).toBe(1);
  });
});
