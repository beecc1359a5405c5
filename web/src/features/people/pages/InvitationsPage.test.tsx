import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import {
  FakePeople,
  makeInvitation,
  makeSite,
  makeUser,
  ROOT,
  ROSA,
  SITE,
} from '@/test/fakePeople';
import { makeTokens } from '@/test/makeTokens';
import { API, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

let gateway: FakePeople;

beforeEach(async () => {
  server.use(
    http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens(ROOT))),
    http.get(`${API}/auth/me`, () => HttpResponse.json(makeUser({ id: ROOT, role: 'admin' }))),
  );
  await session.begin(makeTokens(ROOT));
  gateway = new FakePeople([]);
});

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const confirm = (name: string) =>
  userEvent.click(within(screen.getByRole('alertdialog')).getByRole('button', { name }));

describe('the page of invitations', () => {
  it('makes one, whose link is shown only then', async () => {
    showApp('/admin/invitations');
    expect(await screen.findByText('Nobody is invited yet')).toBeVisible();
    await press('New invitation');
    const dialog = screen.getByRole('dialog');
    await userEvent.selectOptions(within(dialog).getByLabelText('Role'), 'radiologist');
    await userEvent.type(within(dialog).getByLabelText('E-mail'), 'new@example');
    await press('Make the link');
    expect(
      await within(dialog).findByText(`${window.location.origin}/invitation#secret`),
    ).toBeVisible();
    expect(gateway.asked).toEqual([
      ['POST', '/invitations', null, { role: 'radiologist', site_id: SITE, email: 'new@example' }],
    ]);
    await press('I have handed it on');
    expect(await screen.findByRole('table', { name: 'Invitations' })).toHaveTextContent(
      'new@example',
    );
    expect(screen.queryByText(/#secret/)).toBeNull();
  });

  it('shows what has become of each, and withdraws one', async () => {
    gateway.invitations = [
      makeInvitation(),
      makeInvitation({
        id: '2',
        email: null,
        state: 'accepted',
        accepted_by: ROSA,
        accepted_by_name: 'Dr. Rosa',
      }),
    ];
    showApp('/admin/invitations');
    expect(await screen.findByRole('link', { name: 'Dr. Rosa' })).toHaveAttribute(
      'href',
      `/admin/users/${ROSA}`,
    );
    await press('Withdraw the invitation for new@example.org');
    await confirm('Withdraw');
    expect(await screen.findByText('The invitation is withdrawn.')).toBeVisible();
    await userEvent.selectOptions(screen.getByLabelText('State'), 'Withdrawn');
    expect(address()).toBe('/admin/invitations?state=revoked');
    expect(await screen.findByText('new@example.org')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Dr. Rosa' })).toBeNull();
  });

  it('says that somebody was quicker', async () => {
    gateway.invitations = [makeInvitation()];
    showApp('/admin/invitations');
    await screen.findByText('new@example.org');
    gateway.invitations = [makeInvitation({ state: 'accepted' })];
    await press('Withdraw the invitation for new@example.org');
    await confirm('Withdraw');
    expect(await screen.findByText(/Somebody has accepted it already/)).toBeVisible();
  });
});

describe('the page of sites', () => {
  it('makes one, and says at the name that it is taken', async () => {
    showApp('/admin/sites');
    await press('New site');
    await userEvent.type(screen.getByLabelText('Name'), 'North');
    await press('Save');
    expect(await screen.findByText('A site of this name exists.')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Name'), ' II');
    await press('Save');
    expect(await screen.findByText('The site “North II” is there.')).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Rename North II' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Show the people of North' })).toHaveAttribute(
      'href',
      `/admin/users?site=${SITE}`,
    );
  });

  it('shows what somebody else has called it meanwhile', async () => {
    showApp('/admin/sites');
    await press('Rename North');
    gateway.sites = [makeSite({ name: 'Northern', version: 3 })];
    const name = screen.getByLabelText('Name');
    await userEvent.clear(name);
    await userEvent.type(name, 'Nord');
    await press('Save');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'renamed it to “Northern” meanwhile',
    );
    await press('Save mine in its place');
    expect(await screen.findByText('The site is called “Nord” now.')).toBeVisible();
    expect(gateway.sites[0]).toMatchObject({ name: 'Nord', version: 4 });
  });

  it('finds one by its name', async () => {
    showApp('/admin/sites');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Search for a site' }), 'sou');
    expect(await screen.findByText('1 site')).toBeVisible();
    expect(address()).toBe('/admin/sites?q=sou');
    await userEvent.type(screen.getByRole('textbox', { name: 'Search for a site' }), 'x');
    expect(await screen.findByText('No site has such a name')).toBeVisible();
  });
});
