import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakePlaces, makeDestination, NORTH } from '@/test/fakePlaces';
import { makeTokens } from '@/test/makeTokens';
import { present } from '@/test/present';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Destination } from '../api';

let places: FakePlaces;

function open(at: string, destinations: Destination[]) {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'ada', full_name: 'Ada', role: 'admin' }),
    ),
  );
  places = new FakePlaces(destinations);
  showApp(at);
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const fill = async (label: string, text: string) => {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
};

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-ada'))));
  await session.begin(makeTokens('user-ada'));
});

describe('the page of destinations', () => {
  it('says how each does, why deliveries fail, and leads to them', async () => {
    open('/admin/destinations', [
      makeDestination({ deliveries: { waiting: 4 }, causes: { out_of_resources: 3 } }),
      makeDestination({
        id: 'south',
        name: 'South',
        health: 'failing',
        last_error: 'HTTP 401 Unauthorized',
        last_cause: 'not_allowed',
        failing_since: '2026-01-14T08:00:00Z',
      }),
    ]);
    const [south, north] = await screen.findAllByRole('article');
    expect(south).toHaveTextContent('Failing');
    expect(south).toHaveTextContent('HTTP 401 Unauthorized');
    expect(south).toHaveTextContent('Enter the account that the PACS knows');
    expect(north).toHaveTextContent('Answers, but deliveries fail');
    const link = within(present(north)).getByRole('link', { name: 'Full 3 deliveries' });
    expect(link).toHaveAttribute(
      'href',
      `/admin/deliveries?destination=${NORTH}&cause=out_of_resources`,
    );
  });

  it('names the cause of an echo that fails, and calls a slow one slow', async () => {
    open('/admin/destinations', [makeDestination()]);
    let answer = () => HttpResponse.json({ milliseconds: 4200 });
    server.use(http.post(`${API}/pacs/:id/echo`, () => answer()));
    await press('Test the connection to North');
    expect(await screen.findByRole('alert')).toHaveTextContent('It answered in 4,200 ms.');
    expect(screen.getByRole('alert')).toHaveTextContent('too slow');
    answer = () =>
      HttpResponse.json(
        { type: '/problems/pacs-unavailable', status: 503, cause: 'tls', detail: 'self-signed' },
        { status: 503, headers: { 'Content-Type': 'application/problem+json' } },
      ) as never;
    await press('Test the connection to North');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('TLS or certificate'));
    expect(screen.getByRole('alert')).toHaveTextContent('self-signed');
  });

  it('says that there are none', async () => {
    open('/admin/destinations', []);
    expect(await screen.findByText('Studies go nowhere yet')).toBeVisible();
  });
});

describe('the page of one destination', () => {
  const at = `/admin/destinations/${NORTH}`;

  it('changes it on what was seen, without its secrets', async () => {
    open(at, [makeDestination()]);
    await fill('Deliveries at once', '65');
    await press('Save');
    expect(await screen.findByText('Give a whole number from 1 to 64.')).toBeVisible();
    await fill('Deliveries at once', '8');
    await press('Save');
    await waitFor(() => expect(address()).toBe('/admin/destinations'));
    const [call] = places.calls('PATCH');
    expect(call?.match).toBe('"3"');
    expect(call?.body).toMatchObject({ concurrency: 8, rule: { modalities: ['CT'] } });
    expect(call?.body).not.toHaveProperty('password');
  });

  it('never writes over what somebody else has saved unless that is wanted', async () => {
    open(at, [makeDestination()]);
    await fill('Name', 'Mine');
    places.destinations = [makeDestination({ name: 'Theirs', version: 4 })];
    await press('Save');
    expect(await screen.findByRole('alert')).toHaveTextContent('Somebody has changed');
    await press('Save mine in its place');
    await waitFor(() => expect(address()).toBe('/admin/destinations'));
    expect(places.calls('PATCH').map(({ match }) => match)).toEqual(['"3"', '"4"']);
  });

  it('tries the rule as it is in the form, and says what refuses', async () => {
    server.use(
      http.post(`${API}/pacs/route`, () => {
        const study = { modalities: ['CT'], stations: [], service_level: 'routine', site_id: 's' };
        const refusals = [{ condition: 'modalities', listed: ['MR'], found: ['CT'] }];
        const route = { destination_id: NORTH, name: 'North', required: true, enabled: true };
        return HttpResponse.json({
          studies: [{ study, routes: [{ ...route, takes: false, refusals }] }],
        });
      }),
    );
    open(at, [makeDestination()]);
    const [modalities] = await screen.findAllByLabelText('Modalities');
    await userEvent.clear(present(modalities));
    await userEvent.type(present(modalities), 'MR');
    await press('Try');
    expect(await screen.findByText('Modalities: wants MR; the study has CT.')).toBeVisible();
    expect(screen.getByText('No destination would get it')).toBeVisible();
    const tried = places.asked.find(({ path }) => path === '/pacs/route');
    expect(tried?.body).toMatchObject({
      study: { modalities: ['CT'], service_level: 'routine' },
      candidate: { destination_id: NORTH, rule: { modalities: ['MR'] } },
    });
    await userEvent.type(present(modalities), ', CT');
    expect(screen.getByText('Something was changed: try again.')).toBeVisible();
  });

  it('says why it cannot be removed', async () => {
    open(at, [makeDestination()]);
    server.use(
      http.delete(`${API}/pacs/:id`, () =>
        problem(409, 'destination-in-use', 'In use', '2 deliveries to it are not finished.'),
      ),
    );
    await press('Remove the destination');
    const dialog = screen.getByRole('alertdialog', { name: 'Remove North?' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove the destination' }));
    expect(await screen.findByText('2 deliveries to it are not finished.')).toBeVisible();
  });

  it('says that there is no such destination', async () => {
    open('/admin/destinations/gone', []);
    expect(await screen.findByText('There is no such destination')).toBeVisible();
  });
});
