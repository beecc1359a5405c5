import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakePeople, makeUser, OTHER_SITE, ROOT } from '@/test/fakePeople';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { User } from '../api';

const ROOT_USER = makeUser({ id: ROOT, username: 'root', full_name: 'Root', role: 'admin' });
const NEW = makeUser({
  id: '3',
  username: 'newcomer',
  full_name: '',
  state: 'pending',
  version: 4,
});

let gateway: FakePeople;

/** A gateway with these accounts, and somebody in this role. */
function open(at: string, users: User[], role = 'admin') {
  server.use(
    http.get(`${API}/auth/me`, () => HttpResponse.json({ ...ROOT_USER, role })),
    http.get(`${API}/auth/sessions`, () => HttpResponse.json({ items: [] })),
  );
  gateway = new FakePeople(users);
  showApp(at);
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const names = async () => {
  await screen.findByRole('table', { name: 'Users' });
  return screen.getAllByRole('row').map((row) => within(row).queryByRole('link')?.textContent);
};

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens(ROOT))));
  await session.begin(makeTokens(ROOT));
});

describe('the list of users', () => {
  it('says who waits for approval, and lets them in', async () => {
    open('/admin/users', [NEW, makeUser(), ROOT_USER]);
    expect(await names()).toEqual([undefined, 'newcomer', 'Dr. Rosa', 'Root']);
    await userEvent.click(await screen.findByRole('link', { name: 'Show them' }));
    expect(address()).toBe('/admin/users?state=pending');
    await waitFor(async () => expect(await names()).toEqual([undefined, 'newcomer']));
    expect(screen.queryByText('1 person waits for approval')).toBeNull();
    await press('Approve newcomer');
    expect(await screen.findByText('newcomer can sign in now.')).toBeVisible();
    expect(gateway.asked).toEqual([['PATCH', '/users/3', '"4"', { state: 'active' }]]);
    expect(await screen.findByText('Nobody like that has an account')).toBeVisible();
  });

  it('says in the language of the page why somebody is not let in, and shows what is there now', async () => {
    open('/admin/users', [NEW]);
    const approve = await screen.findByRole('button', { name: 'Approve newcomer' });
    gateway.users = [makeUser({ ...NEW, full_name: 'Newcomer', version: 5 })];
    await userEvent.click(approve);
    expect(await screen.findByRole('alert')).toHaveTextContent('Somebody has changed this');
    expect(await screen.findByRole('button', { name: 'Approve Newcomer' })).toBeVisible();
  });

  it('is narrowed by an address, which narrowing changes', async () => {
    open(`/admin/users?role=clinician&q=ros&site=${OTHER_SITE}&state=strange`, [makeUser()]);
    const search = await screen.findByRole('textbox', { name: 'Search' });
    expect(search).toHaveValue('ros');
    await waitFor(() =>
      expect(gateway.looks.at(-1)).toBe(
        `?q=ros&role=clinician&site_id=${OTHER_SITE}&limit=50&order=newest`,
      ),
    );
    await userEvent.type(search, 'a');
    await waitFor(() => expect(address()).toContain('q=rosa&'));
    await press('Clear the filters');
    expect(address()).toBe('/admin/users');
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Search' })).toHaveValue(''));
  });

  it('is nothing for others, and says so', async () => {
    open('/admin/users', [], 'radiologist');
    expect(
      await screen.findByRole('heading', { name: 'Only administrators see this' }),
    ).toBeVisible();
    expect(gateway.looks).toEqual([]);
  });

  it('says that the gateway is unwell, and loads again when asked to', async () => {
    open('/admin/users', [makeUser()]);
    server.use(
      http.get(`${API}/users`, () => problem(500, 'internal', 'Broken', 'It broke.'), {
        once: true,
      }),
    );
    await press('Try again');
    expect(await names()).toEqual([undefined, 'Dr. Rosa']);
  });
});

describe('the page of a new user', () => {
  it('asks for what is needed, and shows the link once', async () => {
    open('/admin/users/new', [makeUser()]);
    await userEvent.type(await screen.findByLabelText('User name'), 'dr.rosa');
    await userEvent.selectOptions(screen.getByLabelText('Role'), 'radiologist');
    await userEvent.selectOptions(screen.getByLabelText('Site'), 'South');
    await press('Create the account');
    expect(await screen.findByText('This user name is taken. Choose another.')).toBeVisible();
    expect(screen.getByLabelText('User name')).toHaveFocus();
    await userEvent.type(screen.getByLabelText('User name'), '2');
    await press('Create the account');
    expect(await screen.findByLabelText('The link')).toHaveTextContent(
      `${window.location.origin}/reset-password#secret`,
    );
    expect(gateway.asked.at(-1)?.[3]).toEqual({
      username: 'dr.rosa2',
      full_name: '',
      email: null,
      role: 'radiologist',
      site_id: OTHER_SITE,
    });
    await press('Show the account');
    expect(await screen.findByRole('heading', { level: 1, name: 'dr.rosa2' })).toBeVisible();
    expect(screen.queryByText(/#secret/)).toBeNull();
  });

  it('says at the field what the gateway does not take', async () => {
    open('/admin/users/new', []);
    server.use(
      http.post(`${API}/users`, () =>
        HttpResponse.json(
          {
            type: '/problems/validation-error',
            errors: [{ pointer: '/body/email', detail: 'value is not a valid email address' }],
          },
          { status: 400 },
        ),
      ),
    );
    await userEvent.type(await screen.findByLabelText('User name'), 'dr.rosa');
    await userEvent.type(screen.getByLabelText('E-mail'), 'a@b');
    await press('Create the account');
    expect(await screen.findByText('The gateway does not take this e-mail address.')).toBeVisible();
  });
});
