import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { pageNews } from '@/shared/pageNews';
import { FakeNotifications, makeNotification, tokensOf } from '@/test/fakeNotifications';
import { haveLocks } from '@/test/locks';
import { makeUpload } from '@/test/makeUpload';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

const bell = (words: string) => screen.findByRole('link', { name: `Notifications, ${words}` });
const toasts = () => document.querySelectorAll('[data-toast]');

async function rows(): Promise<HTMLElement[]> {
  const table = await screen.findByRole('table', { name: 'Notifications' });
  return within(table).getAllByRole('row').slice(1);
}

async function row(index = 0): Promise<HTMLElement> {
  const found = (await rows())[index];
  if (!found) throw new Error('no such row');
  return found;
}

/** The app is open at an address, and connected. */
async function open(at: string, gateway: FakeNotifications): Promise<void> {
  showApp(at);
  await waitFor(() => expect(gateway.open).toHaveLength(1));
}

let takeLocksAway: () => void;

afterEach(() => takeLocksAway());

beforeEach(async () => {
  takeLocksAway = haveLocks();
  await session.begin(tokensOf('jane'));
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
    http.get(`${API}/upload`, () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get(`${API}/upload/:id`, ({ params }) =>
      HttpResponse.json(makeUpload({ upload_id: String(params.id) })),
    ),
    http.get(`${API}/upload/:id/instances`, () =>
      HttpResponse.json({ items: [], next_cursor: null }),
    ),
    http.post(`${API}/auth/logout`, () => new HttpResponse(null, { status: 204 })),
  );
});

describe('the bell', () => {
  it('counts what is unread, and more as it comes, with a toast that leads there', async () => {
    const gateway = new FakeNotifications([makeNotification()]);
    await open('/uploads', gateway);
    expect(await bell('1 unread')).toHaveTextContent('1');
    const held = makeNotification({ type: 'upload_held' });
    gateway.tell(held);
    expect(await bell('2 unread')).toBeInTheDocument();
    expect(await screen.findByText('An upload is held')).toBeVisible();
    await userEvent.click(screen.getByRole('link', { name: 'Open the upload' }));
    await waitFor(() => expect(address()).toBe(`/uploads/${held.related_id ?? ''}`));
    expect(toasts()).toHaveLength(0);
    expect(await bell('1 unread')).toBeInTheDocument();
    expect(gateway.items[0]?.is_read).toBe(true);
  });

  it('shows no more than 99 in figures, and says the whole number', async () => {
    const gateway = new FakeNotifications([makeNotification()]);
    vi.spyOn(gateway, 'unread', 'get').mockReturnValue(1234);
    await open('/uploads', gateway);
    expect(await bell('1,234 unread')).toHaveTextContent('99+');
  });

  it('says many at once in one sentence', async () => {
    const gateway = new FakeNotifications();
    await open('/uploads', gateway);
    gateway.tell(makeNotification(), makeNotification(), makeNotification());
    expect(await screen.findByText('3 new notifications')).toBeVisible();
    expect(toasts()).toHaveLength(1);
    await userEvent.click(screen.getByRole('link', { name: 'Show the notifications' }));
    await waitFor(() => expect(address()).toBe('/notifications'));
  });

  it('does not shout what the page shows', async () => {
    const gateway = new FakeNotifications();
    const watched = makeNotification();
    await open(`/uploads/${watched.related_id ?? ''}`, gateway);
    gateway.tell(watched);
    await waitFor(() => expect(gateway.items[0]?.is_read).toBe(true));
    expect(await bell('none unread')).toBeInTheDocument();
    gateway.tell(makeNotification({ type: 'storage_alert', related_id: null }));
    expect(await screen.findByRole('alert')).toHaveTextContent('disk is nearly full');
    expect(toasts()).toHaveLength(1);
  });

  it('has a page that is open shown as it is now, and shouts what is critical there too', async () => {
    const gateway = new FakeNotifications();
    const result = makeNotification({ type: 'critical_result' });
    const page = `/reports/${result.related_id ?? ''}`;
    await open(page, gateway);
    const asked = vi.fn();
    const forget = pageNews.subscribe(page, asked);
    gateway.tell(result);
    expect(await screen.findByRole('alert')).toHaveTextContent('Critical result');
    expect(asked).toHaveBeenCalledOnce();
    forget();
  });
});

describe('the page of notifications', () => {
  it('says in words what happened and whether it was read, newest first', async () => {
    const gateway = new FakeNotifications([
      makeNotification({ type: 'upload_failed', created_at: new Date().toISOString() }),
      makeNotification({ is_read: true }),
    ]);
    await open('/notifications', gateway);
    expect(await row(0)).toHaveTextContent('An upload has a problem');
    expect(await row(0)).toHaveTextContent('Unread');
    expect(await row(0)).toHaveTextContent('now');
    expect(await row(1)).toHaveTextContent('A study is in the PACS');
    expect(await row(1)).not.toHaveTextContent('Unread');
    expect(screen.getByText('1 unread')).toBeInTheDocument();
    const arrived = makeNotification({ type: 'upload_held' });
    gateway.tell(arrived);
    await waitFor(async () => expect(await row(0)).toHaveTextContent('An upload is held'));
    expect(within(await row(0)).getByRole('link')).toHaveAttribute(
      'href',
      `/uploads/${arrived.related_id ?? ''}`,
    );
    expect(toasts()).toHaveLength(0);
  });

  it('marks one as read and keeps the focus in its row, and then all', async () => {
    const gateway = new FakeNotifications([makeNotification(), makeNotification()]);
    await open('/notifications', gateway);
    const first = await row(0);
    await userEvent.click(within(first).getByRole('button', { name: /^Mark as read: A study/ }));
    await waitFor(() => expect(first).not.toHaveTextContent('Unread'));
    expect(within(first).getByRole('link')).toHaveFocus();
    expect(await bell('1 unread')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Mark all as read' }));
    expect(await screen.findByText('Everything is read')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Mark all as read' })).toBeDisabled();
    expect(await row(1)).not.toHaveTextContent('Unread');
    expect(gateway.unread).toBe(0);
  });

  it('says so when something could not be marked', async () => {
    const gateway = new FakeNotifications([makeNotification()]);
    await open('/notifications', gateway);
    const refuse = () => problem(500, 'internal-error', 'Internal error', 'Sorry.');
    server.use(http.post(`${API}/notifications/*`, refuse));
    await userEvent.click(await screen.findByRole('button', { name: 'Mark all as read' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Sorry.');
    expect(await row()).toHaveTextContent('Unread');
  });

  it('pages by cursor', async () => {
    const items = Array.from({ length: 60 }, () => makeNotification({ is_read: true }));
    const gateway = new FakeNotifications(items.toReversed());
    await open('/notifications', gateway);
    expect(await rows()).toHaveLength(50);
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    await waitFor(async () => expect(await rows()).toHaveLength(60));
    expect(screen.queryByRole('button', { name: 'Load more' })).not.toBeInTheDocument();
  });

  it('shows the words of the gateway where the type does not say enough, or is not known', async () => {
    const alert = makeNotification({
      type: 'delivery_alert',
      message: '“North” has been failing.',
    });
    const later = {
      ...makeNotification({ message: 'Something new.' }),
      type: 'of-a-later-version',
    };
    const gateway = new FakeNotifications([later as never, alert]);
    await open('/notifications', gateway);
    expect(await row(0)).toHaveTextContent('Something new.');
    expect(screen.getByText('“North” has been failing.')).toHaveAttribute('lang', 'en');
    expect(within(await row(1)).queryByRole('link')).not.toBeInTheDocument();
  });

  it('leads to the report that it is about', async () => {
    const gateway = new FakeNotifications([makeNotification({ type: 'additional_data_required' })]);
    await open('/notifications', gateway);
    expect(within(await row(0)).getByRole('link')).toHaveAttribute(
      'href',
      `/reports/${gateway.items[0]?.related_id}`,
    );
  });

  it('says when there is nothing', async () => {
    const gateway = new FakeNotifications();
    await open('/notifications', gateway);
    expect(await screen.findByText('No notifications yet')).toBeInTheDocument();
  });

  it('shows what went wrong, and recovers', async () => {
    const gateway = new FakeNotifications([makeNotification()]);
    const refuse = () => problem(500, 'internal-error', 'Internal error', 'Sorry.');
    server.use(http.get(`${API}/notifications`, refuse));
    showApp('/notifications');
    expect(await screen.findByText('Sorry.')).toBeInTheDocument();
    new FakeNotifications(gateway.items);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await row()).toHaveTextContent('A study is in the PACS');
    expect(screen.queryByText('Sorry.')).not.toBeInTheDocument();
  });
});

describe('another person on the same device', () => {
  const badge = vi.fn(() => Promise.resolve());

  beforeEach(() => {
    badge.mockClear();
    Object.defineProperty(navigator, 'setAppBadge', { value: badge, configurable: true });
  });

  afterEach(() => {
    Reflect.deleteProperty(navigator, 'setAppBadge');
  });

  it('sees nothing of the one before, also not on the icon', async () => {
    const hers = new FakeNotifications([makeNotification({ type: 'upload_failed' })]);
    await open('/notifications', hers);
    expect(await row()).toHaveTextContent('An upload has a problem');
    await waitFor(() => expect(badge).toHaveBeenLastCalledWith(1));
    const his = new FakeNotifications();
    await act(() => session.begin(tokensOf('bob')));
    expect(await screen.findByText('No notifications yet')).toBeInTheDocument();
    expect(await bell('none unread')).toBeInTheDocument();
    await waitFor(() => expect(hers.open).toEqual([]));
    await waitFor(() => expect(his.open[0]?.authorization).toBe('Bearer access-of-bob'));
    expect(badge).toHaveBeenLastCalledWith(0);
  });

  it('signing out closes the stream and clears the icon', async () => {
    const gateway = new FakeNotifications([makeNotification()]);
    await open('/uploads', gateway);
    await waitFor(() => expect(badge).toHaveBeenLastCalledWith(1));
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('User name')).toBeInTheDocument();
    expect(gateway.open).toEqual([]);
    expect(badge).toHaveBeenLastCalledWith(0);
  });
});
