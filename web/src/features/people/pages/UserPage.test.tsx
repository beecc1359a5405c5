import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakePeople, makeUser, ROOT, ROSA } from '@/test/fakePeople';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { User } from '../api';

const ROOT_USER = makeUser({ id: ROOT, username: 'root', full_name: 'Root', role: 'admin' });

let gateway: FakePeople;

function open(user: User) {
  server.use(http.get(`${API}/auth/me`, () => HttpResponse.json(ROOT_USER)));
  gateway = new FakePeople([user]);
  showApp(`/admin/users/${user.id}`);
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const fill = async (label: string, text: string) => {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
};

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens(ROOT))));
  await session.begin(makeTokens(ROOT));
});

describe('the page of a user', () => {
  it('changes what was seen, and goes on from what it has become', async () => {
    open(makeUser());
    await fill('Full name', 'Rosa Luz ');
    await userEvent.selectOptions(screen.getByLabelText('Role'), 'radiologist');
    expect(screen.getByText(/signs the person out everywhere/)).toBeVisible();
    await press('Save');
    expect(await screen.findByRole('heading', { level: 1, name: 'Rosa Luz' })).toBeVisible();
    await press('Disable');
    await userEvent.click(
      within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Disable' }),
    );
    expect(await screen.findByText('Rosa Luz cannot sign in any more.')).toBeVisible();
    await fill('Full name', 'Rosa');
    await press('Save');
    await screen.findByRole('heading', { level: 1, name: 'Rosa' });
    expect(gateway.asked.map(([, , revision]) => revision)).toEqual(['"1"', '"2"', '"3"']);
    expect(gateway.asked[0]?.[3]).toMatchObject({ full_name: 'Rosa Luz', role: 'radiologist' });
  });

  it('shows both sides of a collision, and lets one of them give way', async () => {
    open(makeUser());
    await fill('Full name', 'Mine');
    gateway.users = [makeUser({ full_name: 'Theirs', role: 'radiographer', version: 7 })];
    await press('Save');
    const conflict = await screen.findByRole('alert');
    expect(conflict).toHaveTextContent('Somebody has changed this account meanwhile');
    const rows = within(conflict)
      .getAllByRole('row')
      .slice(1)
      .map((row) => [...row.children].map(({ textContent }) => textContent));
    expect(rows).toEqual([
      ['Full name', 'Mine', 'Theirs'],
      ['Role', 'Clinician', 'Radiographer'],
    ]);
    await press('Save mine in its place');
    await screen.findByRole('heading', { level: 1, name: 'Mine' });
    expect(gateway.users[0]).toMatchObject({ full_name: 'Mine', role: 'clinician', version: 8 });
  });

  it('takes what somebody else has made of it', async () => {
    open(makeUser());
    await fill('Full name', 'Mine');
    gateway.users = [makeUser({ full_name: 'Theirs', version: 7 })];
    await press('Save');
    await press('Take theirs');
    expect(await screen.findByLabelText('Full name')).toHaveValue('Theirs');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(gateway.users[0]?.version).toBe(7);
  });

  it('does nothing by a press to what was changed meanwhile, and shows it', async () => {
    open(makeUser({ totp_enabled: true }));
    await screen.findByLabelText('Full name');
    gateway.users = [makeUser({ full_name: 'Theirs', totp_enabled: true, version: 7 })];
    await press('Turn the second factor off');
    await userEvent.click(
      within(screen.getByRole('alertdialog')).getByRole('button', {
        name: 'Turn the second factor off',
      }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('It is shown as it is now');
    expect(await screen.findByLabelText('Full name')).toHaveValue('Theirs');
    expect(gateway.users[0]?.totp_enabled).toBe(true);
  });

  it('says at the role that somebody must be left to administer', async () => {
    open(makeUser({ role: 'admin' }));
    server.use(
      http.patch(`${API}/users/${ROSA}`, () => problem(409, 'last-admin', 'Last', 'English.')),
    );
    await userEvent.selectOptions(await screen.findByLabelText('Role'), 'clinician');
    await press('Save');
    expect(
      await screen.findByText('This is the last administrator. Make another one first.'),
    ).toBeVisible();
    expect(screen.getByLabelText('Role')).toBeInvalid();
  });

  it('ends sessions, and makes a link that is shown until it is put away', async () => {
    open(makeUser());
    gateway.sessions = [
      {
        id: 's',
        address: '192.0.2.7',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        last_used_at: '2026-01-14T09:30:00Z',
      },
    ];
    expect(await screen.findByText('Firefox on Linux')).toBeVisible();
    await press('Sign out everywhere');
    await userEvent.click(
      within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Sign out everywhere' }),
    );
    expect(await screen.findByText('Nowhere at present.')).toBeVisible();
    await press('Make a link for a new password');
    expect(await screen.findByText(/#secret/)).toBeVisible();
    await press('I have handed it on');
    await waitFor(() => expect(screen.queryByText(/#secret/)).toBeNull());
    expect(gateway.asked.map(([method, path]) => `${method} ${path}`)).toEqual([
      `DELETE /users/${ROSA}/sessions`,
      `POST /users/${ROSA}/reset-password`,
    ]);
  });

  it('leaves the protection of the own account to others', async () => {
    open(ROOT_USER);
    expect(await screen.findByLabelText('Role')).toBeDisabled();
    expect(screen.getByText(/another administrator can disable it/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Go to your account' })).toHaveAttribute(
      'href',
      '/account',
    );
    expect(screen.queryByRole('button', { name: 'Disable' })).toBeNull();
    expect(screen.queryByRole('button', { name: /link for a new password/ })).toBeNull();
  });

  it('says that there is no such user', async () => {
    open(makeUser());
    server.use(
      http.get(`${API}/users/${ROSA}`, () => problem(404, 'user-not-found', 'No', 'No such.')),
    );
    expect(await screen.findByRole('heading', { name: 'There is no such user' })).toBeVisible();
  });
});
