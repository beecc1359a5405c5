import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { showLanguage } from '@/shared/i18n';
import { FakeBrowserPush } from '@/test/fakeBrowserPush';
import { tokensOf } from '@/test/fakeNotifications';
import { haveLocks } from '@/test/locks';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { Telling } from '../telling/api';

const PATH = '/notifications/settings';

/** The gateway's side: what it knows of the person, and what it was sent. */
class FakeTelling {
  telling: Telling = {
    version: 0,
    language: 'en',
    channels: {
      push: { offered: true, public_key: 'BKey', browsers: 0 },
      email: { offered: true, address: 'jane@example.org' },
    },
    choices: [
      { type: 'upload_complete', in_app: true, push: false, email: false },
      { type: 'critical_result', in_app: true, push: true, email: true },
    ],
  };
  readonly put: { language: string; choices: Telling['choices'] }[] = [];
  readonly subscribed: unknown[] = [];
  readonly called: string[] = [];

  constructor() {
    server.use(
      http.get(`${API}/notifications/preferences`, () => HttpResponse.json(this.telling)),
      http.put(`${API}/notifications/preferences`, async ({ request }) => {
        const change = (await request.json()) as (typeof this.put)[number];
        this.put.push(change);
        const choices = this.telling.choices.map(
          (row) => change.choices.find((changed) => changed.type === row.type) ?? row,
        );
        this.telling = { ...this.telling, language: change.language as 'en', choices };
        return HttpResponse.json(this.telling);
      }),
      http.post(`${API}/notifications/push`, async ({ request }) => {
        this.subscribed.push(await request.json());
        return HttpResponse.json({ id: 'sub-1', created_at: '2026-01-14T09:30:00Z' });
      }),
      http.post(`${API}/notifications/push/:id/test`, ({ params }) => {
        this.called.push(`test ${String(params.id)}`);
        return new HttpResponse(null, { status: 202 });
      }),
      http.delete(`${API}/notifications/push/:id`, ({ params }) => {
        this.called.push(`remove ${String(params.id)}`);
        return new HttpResponse(null, { status: 204 });
      }),
      http.post(`${API}/notifications/test-email`, () => {
        this.called.push('e-mail');
        return new HttpResponse(null, { status: 202 });
      }),
    );
  }
}

const aSwitch = (name: string) => screen.findByRole('switch', { name });
const browserCard = () => screen.findByRole('region', { name: 'Push messages in this browser' });

let takeLocksAway: () => void;
let gateway: FakeTelling;

beforeEach(async () => {
  takeLocksAway = haveLocks();
  localStorage.clear();
  await session.begin(tokensOf('jane'));
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
  );
  gateway = new FakeTelling();
});

afterEach(() => takeLocksAway());

describe('the table', () => {
  it('has a switch for each thing and way, and says that the app always has it', async () => {
    showApp(PATH);
    const table = await screen.findByRole('table', { name: 'What you are told of, and by what' });
    expect(within(table).getAllByText('Always')).toHaveLength(2);
    expect(await aSwitch('E-mail: Critical result')).toBeChecked();
    expect(await aSwitch('Push message: Critical result')).toBeChecked();
    expect(await aSwitch('E-mail: A study is in the PACS')).not.toBeChecked();
  });

  it('keeps a switch at once, and sends nothing but that row', async () => {
    showApp(PATH);
    await userEvent.click(await aSwitch('E-mail: A study is in the PACS'));
    await userEvent.click(await aSwitch('Push message: A study is in the PACS'));
    await waitFor(() => expect(gateway.put).toHaveLength(2));
    expect(gateway.put[1]).toEqual({
      language: 'en',
      choices: [{ type: 'upload_complete', in_app: true, push: true, email: true }],
    });
    expect(await aSwitch('E-mail: A study is in the PACS')).toBeChecked();
  });

  it('goes back to what the gateway has where it refuses', async () => {
    server.use(
      http.put(`${API}/notifications/preferences`, () =>
        problem(503, 'database-unavailable', 'Database unavailable', 'Try again.'),
      ),
    );
    showApp(PATH);
    await userEvent.click(await aSwitch('E-mail: Critical result'));
    expect(await screen.findByRole('alert', {}, { timeout: 10_000 })).toBeVisible();
    await waitFor(async () => expect(await aSwitch('E-mail: Critical result')).toBeChecked());
  }, 20_000);

  it('changes nothing without network, and says so', async () => {
    showApp(PATH);
    await aSwitch('E-mail: Critical result');
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void window.dispatchEvent(new Event('offline')));
    expect(await screen.findByText(/once the network is back/)).toBeVisible();
    for (const found of screen.getAllByRole('switch')) expect(found).toBeDisabled();
  });

  it('leaves out what the gateway does not offer, and says so', async () => {
    gateway.telling.channels.email = { offered: false, address: null };
    gateway.telling.channels.push = { offered: false, public_key: null, browsers: 0 };
    showApp(PATH);
    expect(await screen.findByText(/sends no e-mail/)).toBeVisible();
    expect(screen.getByText(/sends no push messages/)).toBeVisible();
    expect(screen.queryByRole('switch')).toBeNull();
  });
});

describe('e-mail', () => {
  it('says where it goes, and sends a test', async () => {
    showApp(PATH);
    expect(await screen.findByText('jane@example.org')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Send a test e-mail' }));
    expect(await screen.findByText(/test e-mail is on its way/)).toBeVisible();
    expect(gateway.called).toEqual(['e-mail']);
  });

  it('asks for an address where there is none', async () => {
    gateway.telling.channels.email.address = null;
    showApp(PATH);
    const link = await screen.findByRole('link', { name: 'Give one in the account' });
    expect(link).toHaveAttribute('href', '/account');
  });
});

describe('this browser', () => {
  it('says that it has no push messages', async () => {
    showApp(PATH);
    expect(await screen.findByText('This browser has no push messages')).toBeVisible();
  });

  it('says on an iPhone that the app has to be installed', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 (iPhone; …) Safari/604.1');
    showApp(PATH);
    expect(await screen.findByText(/has to be installed first/)).toBeVisible();
    expect(screen.getByText(/Add to Home Screen/)).toBeVisible();
  });

  it('says that it blocks them', async () => {
    new FakeBrowserPush('denied').install();
    showApp(PATH);
    expect(await screen.findByText(/blocks notifications of this page/)).toBeVisible();
    expect(within(await browserCard()).queryByRole('button')).toBeNull();
  });

  it('is turned on, tried, and turned off', async () => {
    const browser = new FakeBrowserPush('granted').install();
    showApp(PATH);
    await userEvent.click(await screen.findByRole('button', { name: 'Turn on in this browser' }));
    expect(await screen.findByText('On in this browser')).toBeVisible();
    expect(gateway.subscribed).toEqual([browser.described]);
    expect(browser.keys).toEqual(['BKey']);
    expect(browser.words?.said.critical_result?.title).toBe('Critical result');
    await userEvent.click(screen.getByRole('button', { name: 'Send a test message' }));
    expect(await screen.findByText(/test message is on its way/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Turn off in this browser' }));
    expect(await screen.findByText('Off in this browser')).toBeVisible();
    expect(gateway.called).toEqual(['test sub-1', 'remove sub-1']);
    expect(browser.subscription).toBeNull();
  });

  it('stays off where the person says no', async () => {
    new FakeBrowserPush('default', 'denied').install();
    showApp(PATH);
    await userEvent.click(await screen.findByRole('button', { name: 'Turn on in this browser' }));
    expect(await screen.findByText(/blocks notifications of this page/)).toBeVisible();
    expect(gateway.subscribed).toEqual([]);
  });

  it('is not on for somebody else who signs in later', async () => {
    const browser = new FakeBrowserPush('granted').install();
    await browser.subscribe();
    localStorage.setItem('relaypacs-push', JSON.stringify({ owner: 'bert', id: 'sub-0' }));
    showApp(PATH);
    expect(await screen.findByText('Off in this browser')).toBeVisible();
    expect(gateway.subscribed).toEqual([]);
  });

  it('is told of again when the app is opened, for the session of now', async () => {
    const browser = new FakeBrowserPush('granted').install();
    await browser.subscribe();
    localStorage.setItem('relaypacs-push', JSON.stringify({ owner: 'jane', id: 'sub-0' }));
    showApp(PATH);
    await waitFor(() => expect(gateway.subscribed).toEqual([browser.described]));
  });
});

it('shows nothing more to who has signed out, and again to who comes back', async () => {
  const browser = new FakeBrowserPush('granted').install();
  await browser.subscribe();
  localStorage.setItem('relaypacs-push', JSON.stringify({ owner: 'jane', id: 'sub-0' }));
  showApp(PATH);
  await waitFor(() => expect(gateway.subscribed).toHaveLength(1));
  await act(() => session.end('none'));
  await waitFor(() => expect(browser.subscription).toBeNull());
  await act(() => session.begin(tokensOf('jane')));
  await waitFor(() => expect(gateway.subscribed).toHaveLength(2));
  expect(browser.subscription).not.toBeNull();
});

it('tells the gateway which language is shown, once', async () => {
  await showLanguage('fr');
  showApp(PATH);
  await waitFor(() => expect(gateway.put).toEqual([{ language: 'fr', choices: [] }]));
  await waitFor(() => expect(localStorage.getItem('relaypacs-told-language')).toBe('jane fr'));
  await showLanguage('en');
});
