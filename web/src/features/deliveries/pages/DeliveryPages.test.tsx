import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import {
  DELIVERY,
  FakePlaces,
  makeDelivery,
  makeDestination,
  NORTH,
  UPLOAD,
} from '@/test/fakePlaces';
import { makeTokens } from '@/test/makeTokens';
import { present } from '@/test/present';
import { API, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Delivery } from '../api';

let places: FakePlaces;

function open(at: string, deliveries: Delivery[]) {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'ada', full_name: 'Ada', role: 'admin' }),
    ),
  );
  places = new FakePlaces([makeDestination()], deliveries);
  showApp(at);
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const queries = () =>
  places.asked
    .filter(({ method, path }) => method === 'GET' && path === '/deliveries')
    .map(({ query }) => new URLSearchParams(query));

const full = makeDelivery({
  failing_since: '2026-01-14T08:00:00Z',
  attempts: 3,
  last_reason: 'A700 out of resources',
  last_cause: 'out_of_resources',
});

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-ada'))));
  await session.begin(makeTokens('user-ada'));
});

describe('the page of deliveries', () => {
  it('shows why each is stuck, and leads to it', async () => {
    open('/admin/deliveries', [
      full,
      makeDelivery({
        id: 'r',
        upload_id: null,
        report_id: UPLOAD,
        state: 'verified',
        verified: 300,
      }),
    ]);
    const table = await screen.findByRole('table', { name: 'Deliveries' });
    const [, first, second] = within(table).getAllByRole('row');
    expect(first).toHaveTextContent('Fails, tried again');
    expect(first).toHaveTextContent('Full');
    expect(first).toHaveTextContent('A700 out of resources');
    expect(first).toHaveTextContent('3 failed attempts');
    expect(within(present(first)).getByRole('link')).toHaveAttribute(
      'href',
      `/admin/deliveries/${DELIVERY}`,
    );
    expect(second).toHaveTextContent('Report 0000000000c1');
  });

  it('is narrowed by its address, and by an id of any kind', async () => {
    open(`/admin/deliveries?destination=${NORTH}&cause=out_of_resources`, [full]);
    await screen.findByText('1 delivery');
    expect(queries().at(-1)?.get('destination_id')).toBe(NORTH);
    expect(queries().at(-1)?.get('cause')).toBe('out_of_resources');
    const search = screen.getByLabelText('Upload, report or delivery ID');
    await userEvent.type(search, 'DOE^JANE{Enter}');
    expect(search).toBeInvalid();
    expect(address()).not.toContain('about');
    await userEvent.clear(search);
    await userEvent.type(search, `${UPLOAD}{Enter}`);
    await waitFor(() => expect(address()).toContain(`about=${UPLOAD}`));
    await waitFor(() => expect(queries().at(-1)?.get('about')).toBe(UPLOAD));
  });

  it('says by what nothing is left, and leads out of it', async () => {
    open('/admin/deliveries?cause=tls&older=week', []);
    expect(await screen.findByText('No delivery fits')).toBeVisible();
    const [clear] = await screen.findAllByRole('button', { name: 'Clear the filters' });
    await userEvent.click(present(clear));
    expect(address()).toBe('/admin/deliveries');
    expect(await screen.findByText('Nothing has been delivered yet')).toBeVisible();
  });

  it('tries again all that the filter shows, step by step', async () => {
    server.use(
      http.post(`${API}/deliveries/retry`, ({ request }) => {
        const isFirst = !new URL(request.url).searchParams.has('cursor');
        return HttpResponse.json({
          retried: isFirst ? 200 : 40,
          skipped: isFirst ? 0 : 1,
          next_cursor: isFirst ? UPLOAD : null,
        });
      }),
    );
    open('/admin/deliveries?cause=out_of_resources', [full]);
    await press('Try all of these again');
    const dialog = screen.getByRole('alertdialog', { name: 'Try all of these again?' });
    expect(dialog).toHaveTextContent('Cause Full');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try all of these again' }));
    expect(await screen.findByText('240 deliveries are tried again.')).toBeVisible();
    expect(screen.getByText(/^1 was passed over/)).toBeVisible();
    expect(places.calls('POST').map(({ query }) => query)).toEqual([
      '?cause=out_of_resources',
      `?cause=out_of_resources&cursor=${UPLOAD}`,
    ]);
  });
});

describe('the page of one delivery', () => {
  it('says why, what to do, and cancels after a question', async () => {
    open(`/admin/deliveries/${DELIVERY}`, [full]);
    expect(await screen.findByText('A700 out of resources')).toBeVisible();
    expect(screen.getByText(/Make some there/)).toBeVisible();
    expect(screen.getByRole('link', { name: UPLOAD })).toHaveAttribute(
      'href',
      `/uploads/${UPLOAD}`,
    );
    server.use(
      http.post(`${API}/deliveries/:id/cancel`, () => {
        places.deliveries = [makeDelivery({ state: 'cancelled' })];
        return HttpResponse.json(places.deliveries[0]);
      }),
    );
    await press('Cancel the delivery');
    const dialog = screen.getByRole('alertdialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel the delivery' }));
    expect(await screen.findByText('Cancelled')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Cancel the delivery' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Try again now' })).toBeVisible();
  });

  it('says that there is none', async () => {
    open(`/admin/deliveries/${DELIVERY}`, []);
    expect(await screen.findByText('There is no such delivery')).toBeVisible();
  });
});
