import { delay, http, HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { API, problem, rotatingTokens, server } from '@/test/server';

import { SessionEndedError, UnreachableError } from './problem';
import { Session } from './session';
import { tokenStore } from './tokenStore';

const open: Session[] = [];

/** A tab that finds this refresh token in the browser. */
async function makeTab(refreshToken: string | null = 'refresh-0'): Promise<Session> {
  if (refreshToken) await tokenStore.write(refreshToken);
  const tab = new Session();
  open.push(tab);
  await tab.restore();
  return tab;
}

/** One lock for all "tabs" of a test, as the browser has; jsdom has none. */
function stubLocks(): void {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, act: () => Promise<unknown>) => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
  Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
}

afterEach(() => {
  open.splice(0).forEach((tab) => tab.close());
  Reflect.deleteProperty(navigator, 'locks');
});

describe('Session', () => {
  it('is signed out where the browser has no token, and signed in where it has', async () => {
    expect((await makeTab(null)).state()).toEqual({ phase: 'signed-out', reason: 'none' });
    expect((await makeTab()).state().phase).toBe('signed-in');
  });

  it('rotates once for callers that come together', async () => {
    const seen = rotatingTokens();
    const tab = await makeTab();
    const tokens = await Promise.all([tab.accessToken(), tab.accessToken(), tab.renew(null)]);
    expect(tokens).toEqual(['access-1', 'access-1', 'access-1']);
    expect(seen).toEqual(['refresh-0']);
    expect(await tokenStore.read()).toBe('refresh-1');
  });

  it('does not rotate for a caller whose refused token has been replaced meanwhile', async () => {
    const seen = rotatingTokens();
    const tab = await makeTab();
    const stale = await tab.accessToken();
    const renewed = await tab.renew(stale);
    expect(await tab.renew(stale)).toBe(renewed);
    expect(seen).toHaveLength(2);
  });

  it('lets tabs rotate one after the other, each with the newest token', async () => {
    stubLocks();
    const seen = rotatingTokens();
    const tabs = [await makeTab(), await makeTab(), await makeTab()];
    const tokens = await Promise.all(tabs.map((tab) => tab.accessToken()));
    expect(seen).toEqual(['refresh-0', 'refresh-1', 'refresh-2']);
    expect(new Set(tokens).size).toBe(3);
    expect(tabs.every((tab) => tab.state().phase === 'signed-in')).toBe(true);
  });

  it('tells the person that the session expired when the token is refused, and forgets it', async () => {
    server.use(http.post(`${API}/auth/refresh`, () => problem(401, 'invalid-token', 'No', '')));
    const tab = await makeTab();
    await expect(tab.accessToken()).rejects.toBeInstanceOf(SessionEndedError);
    expect(tab.state()).toEqual({ phase: 'signed-out', reason: 'expired' });
    expect(await tokenStore.read()).toBeNull();
  });

  it('keeps the session when the gateway cannot be reached', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.error()));
    const tab = await makeTab();
    await expect(tab.accessToken()).rejects.toBeInstanceOf(UnreachableError);
    expect(tab.state().phase).toBe('signed-in');
    expect(await tokenStore.read()).toBe('refresh-0');
  });

  it('signs out all tabs together', async () => {
    const [here, there] = [await makeTab(), await makeTab()];
    await here.end('none');
    await vi.waitFor(() => expect(there.state().phase).toBe('signed-out'));
  });

  it('gives other tabs a new generation when somebody else signs in', async () => {
    const [here, there] = [await makeTab(), await makeTab()];
    const before = there.state();
    await here.begin({ access_token: 'other', refresh_token: 'refresh-other' });
    await vi.waitFor(() => expect(there.state()).not.toEqual(before));
    expect(there.state().phase).toBe('signed-in');
  });

  it('does not bring a session back that ended while it was being renewed', async () => {
    stubLocks();
    server.use(
      http.post(`${API}/auth/refresh`, async () => {
        await delay(50);
        return HttpResponse.json({ access_token: 'late', refresh_token: 'late' });
      }),
    );
    const tab = await makeTab();
    const renewal = tab.accessToken();
    await tab.end('none');
    await renewal;
    expect(tab.state().phase).toBe('signed-out');
    expect(await tokenStore.read()).toBeNull();
    await expect(tab.accessToken()).rejects.toBeInstanceOf(SessionEndedError);
  });
});
