import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeNotifications } from '@/test/fakeNotifications';
import { API, problem, rotatingTokens, server } from '@/test/server';

import type { ServerEvent } from './eventParser';
import { followEvents } from './events';
import { session } from './session';

const PATH = '/api/v1/notifications/stream';
const EXPIRED = () => problem(401, 'invalid-token', 'Missing or invalid token', '');

let gateway: FakeNotifications;
let ending: AbortController;
let heard: ServerEvent[];
let live: boolean[];
let following: Promise<void>;

function follow(heartbeatMs = 15_000): void {
  following = followEvents(
    {
      path: PATH,
      heartbeatMs,
      lastEventId: () => heard.at(-1)?.lastEventId ?? null,
      onEvent: (event) => heard.push(event),
      onLive: (isLive) => live.push(isLive),
    },
    ending.signal,
  );
}

async function connected(count = 1) {
  await vi.waitFor(() => expect(gateway.streams).toHaveLength(count), { timeout: 8_000 });
  const stream = gateway.streams.at(-1);
  if (!stream) throw new Error('nobody has connected');
  return stream;
}

beforeEach(async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  await session.begin({ access_token: 'access-0', refresh_token: 'refresh-0' });
  gateway = new FakeNotifications();
  ending = new AbortController();
  heard = [];
  live = [];
});

afterEach(async () => {
  ending.abort();
  await following;
});

describe('following a stream of events', () => {
  it('hands on what comes, and is live from the first byte on', async () => {
    follow();
    const stream = await connected();
    expect(stream.authorization).toBe('Bearer access-0');
    expect(stream.lastEventId).toBeNull();
    expect(live).toEqual([]);
    stream.send(': heartbeat\r\n\r\n');
    await vi.waitFor(() => expect(live).toEqual([true]));
    stream.send('event: notification\nid: 1\nda');
    stream.send('ta: {}\n\n');
    const event = { type: 'notification', data: '{}', lastEventId: '1' };
    await vi.waitFor(() => expect(heard).toEqual([event]));
  });

  it.each(['end', 'fail'] as const)(
    'connects again after the connection has come to its %s, and asks for what it has missed',
    async (how) => {
      follow();
      const stream = await connected();
      stream.send('retry: 10\nid: 7\ndata: a\n\n');
      await vi.waitFor(() => expect(heard).toHaveLength(1));
      stream[how]();
      expect((await connected(2)).lastEventId).toBe('7');
      expect(live).toEqual([true, false]);
    },
  );

  it('gives a connection up that stands still', async () => {
    follow(40);
    const stream = await connected();
    stream.send(':\n\n');
    await connected(2);
    expect(stream.isClosed).toBe(true);
    expect(live).toEqual([true, false]);
  });

  it('renews a token that is refused', async () => {
    rotatingTokens();
    gateway.refusal = () => {
      gateway.refusal = null;
      return EXPIRED();
    };
    follow();
    expect((await connected(2)).authorization).toBe('Bearer access-1');
  });

  it('ends with the session', async () => {
    server.use(http.post(`${API}/auth/refresh`, EXPIRED));
    gateway.refusal = EXPIRED;
    follow();
    await following;
    expect(gateway.streams).toHaveLength(1);
    expect(session.state().phase).toBe('signed-out');
  });

  it.each([
    ['503', () => problem(503, 'unavailable', 'Unavailable', '')],
    ['a page of a proxy', () => HttpResponse.html('<p>Sign in</p>')],
    ['no answer', () => HttpResponse.error()],
  ])('tries again after %s', async (_, refusal) => {
    gateway.refusal = refusal;
    follow();
    await connected();
    gateway.refusal = null;
    await connected(2);
    expect(live).toEqual([false]);
  });

  it('leaves a gateway alone for as long as that asks, and longer each time', async () => {
    let asked = '2';
    gateway.refusal = () =>
      HttpResponse.json({}, { status: 503, headers: { 'Retry-After': asked } });
    const begin = Date.now();
    follow();
    await connected(2);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(2_000);
    asked = '0';
    await connected(3);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(4_000);
  });

  it('lets go of the connection when it is over', async () => {
    follow();
    const stream = await connected();
    ending.abort();
    await following;
    expect(stream.isClosed).toBe(true);
    stream.send('data: late\n\n');
    expect(heard).toEqual([]);
  });
});
