import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeWebhooks, HOOK, makeCall, makeWebhook, SECRET, WEBHOOKS } from '@/test/fakeWebhooks';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Webhook } from '../api';

let gateway: FakeWebhooks;

/** A gateway with these webhooks, and an administrator. */
function open(at: string, webhooks: Webhook[] = [makeWebhook()]) {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'anna', full_name: 'Anna', role: 'admin' }),
    ),
  );
  gateway = new FakeWebhooks(webhooks);
  showApp(at);
}

const PAGE = `/admin/webhooks/${HOOK}`;
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const box = (name: string) => screen.findByRole('checkbox', { name });
const fill = async (text: string) => {
  const field = await screen.findByLabelText('Address');
  await userEvent.clear(field);
  await userEvent.type(field, text);
};

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-anna'))));
  await session.begin(makeTokens('user-anna'));
});

describe('the list of webhooks', () => {
  it('says of each where it is, whose it is, and how it is doing', async () => {
    open('/admin/webhooks', [
      makeWebhook(),
      makeWebhook({ id: 'b', url: 'https://b.example/', parked_at: '2026-01-13T00:00:00Z' }),
      makeWebhook({ id: 'c', url: 'https://c.example/', enabled: false }),
      makeWebhook({ id: 'd', url: 'https://d.example/', last_success_at: null }),
    ]);
    expect(await screen.findByText('4 webhooks')).toBeVisible();
    const [, works, parked, off, idle] = screen.getAllByRole('row');
    expect(works).toHaveTextContent(/ris\.example.*Main site.*Works.*A report is ready/);
    expect(parked).toHaveTextContent('Given up');
    expect(off).toHaveTextContent('Turned off');
    expect(idle).toHaveTextContent('Not called yet');
  });

  it('says that there is none, and leads to where one is made', async () => {
    open('/admin/webhooks', []);
    expect(await screen.findByText('There is no webhook')).toBeVisible();
    expect(screen.getByRole('link', { name: 'New webhook' })).toHaveAttribute(
      'href',
      '/admin/webhooks/new',
    );
  });
});

describe('making a webhook', () => {
  it('asks for what is missing, says what is wrong where it is, and shows the secret once', async () => {
    open('/admin/webhooks/new', []);
    await press('Make the webhook');
    expect(screen.getByLabelText('Address')).toHaveFocus();
    await fill('http://ris.example/');
    await press('Make the webhook');
    expect(screen.getByText('Choose at least one.')).toBeVisible();
    expect(await box('A report is ready')).toHaveFocus();
    expect(gateway.asked).toEqual([]);
    await userEvent.click(await box('Critical result'));
    await press('Make the webhook');
    expect(await screen.findByText('It must begin with https://.')).toBeVisible();
    expect(screen.getByLabelText('Address')).toBeInvalid();
    await fill('https://ris.example/');
    await press('Make the webhook');
    expect(await screen.findByText(SECRET)).toBeVisible();
    expect(gateway.asked.at(-1)?.[2]).toEqual({
      site_id: 'main',
      url: 'https://ris.example/',
      types: ['critical_result'],
      enabled: true,
    });
    await press('I have kept it');
    await waitFor(() => expect(address()).toBe(PAGE));
    expect(await screen.findByText('Not called yet')).toBeVisible();
    expect(screen.queryByText(SECRET)).toBeNull();
  });
});

describe('the page of a webhook', () => {
  it('calls it, and says how long that took or what is wrong', async () => {
    open(PAGE);
    server.use(http.post(`${WEBHOOKS}/:id/test`, () => HttpResponse.json({ milliseconds: 42 })));
    await press('Test call');
    expect(await screen.findByText('It has taken the call, in 42 ms.')).toBeVisible();
    server.use(
      http.post(`${WEBHOOKS}/:id/test`, () =>
        problem(503, 'webhook-unavailable', 'Webhook unavailable', 'It answers 404.'),
      ),
    );
    await press('Test call');
    expect(await screen.findByText('It answers 404.')).toBeVisible();
    expect(screen.queryByText(/It has taken the call/)).toBeNull();
  });

  it('turns it off and on, each on what was seen', async () => {
    open(PAGE);
    await press('Turn off');
    expect(await screen.findByText('Turned off')).toBeVisible();
    await press('Turn on');
    await waitFor(() => expect(screen.queryByText('Turned off')).toBeNull());
    expect(gateway.asked).toEqual([
      ['PATCH', '"1"', { enabled: false }],
      ['PATCH', '"2"', { enabled: true }],
    ]);
  });

  it('calls one again that was given up', async () => {
    open(PAGE, [makeWebhook({ parked_at: '2026-01-13T00:00:00Z', last_error: 'it answers 500' })]);
    expect(await screen.findByText('it answers 500')).toBeVisible();
    await press('Call again');
    await waitFor(() => expect(gateway.asked).toEqual([['PATCH', '"1"', { enabled: true }]]));
    expect(await screen.findByText('Works')).toBeVisible();
  });

  it('saves what was changed, also after it was turned off beside', async () => {
    open(PAGE);
    expect(await screen.findByRole('button', { name: 'Save' })).toBeDisabled();
    await press('Turn off');
    await screen.findByText('Turned off');
    await userEvent.click(await box('Critical result'));
    await press('Save');
    expect(await screen.findByText('The webhook is saved.')).toBeVisible();
    expect(gateway.asked.at(-1)).toEqual([
      'PATCH',
      '"2"',
      { url: 'https://ris.example/relay', types: ['report_ready', 'critical_result'] },
    ]);
  });

  it('shows what somebody else has made of it, and saves over that only when told to', async () => {
    open(PAGE);
    await fill('https://mine.example/');
    gateway.items = [makeWebhook({ url: 'https://theirs.example/', version: 5 })];
    await press('Save');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('https://theirs.example/');
    expect(gateway.items[0]?.url).toBe('https://theirs.example/');
    expect(within(alert).getByRole('button', { name: 'Take theirs' })).toBeVisible();
    await press('Save mine in its place');
    await waitFor(() => expect(gateway.items[0]?.url).toBe('https://mine.example/'));
    expect(gateway.asked.map(([, seen]) => seen)).toEqual(['"1"', '"5"']);
  });

  it('makes a new secret after it has asked, and shows it once', async () => {
    open(PAGE);
    await press('Make a new secret');
    const dialog = screen.getByRole('alertdialog');
    expect(dialog).toHaveTextContent('The present one is good no more at once');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Make a new secret' }));
    expect(await screen.findByText(SECRET)).toBeVisible();
    await press('I have kept it');
    expect(screen.queryByText(SECRET)).toBeNull();
  });

  it('removes it after it has asked; that it is gone already is as good', async () => {
    open(PAGE);
    await press('Remove the webhook');
    gateway.items = [];
    const dialog = screen.getByRole('alertdialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove the webhook' }));
    await waitFor(() => expect(address()).toBe('/admin/webhooks'));
    expect(await screen.findByText('The webhook is removed.')).toBeVisible();
  });

  it('says what became of its calls, and when one is made again', async () => {
    open(PAGE);
    gateway.calls = [
      makeCall({ id: '2', state: 'waiting', attempts: 3, last_reason: 'it answers 500' }),
      makeCall({ id: '1', state: 'dropped' }),
    ];
    const table = await screen.findByRole('table', { name: 'Calls' });
    const [, waiting, dropped] = within(table).getAllByRole('row');
    expect(waiting).toHaveTextContent(/Waiting.*3 attempts.*again at.*it answers 500/);
    expect(dropped).toHaveTextContent('Dropped');
  });

  it('says that there is none where there is none', async () => {
    open('/admin/webhooks/gone', []);
    expect(await screen.findByRole('heading', { name: 'There is no such webhook' })).toBeVisible();
  });
});
