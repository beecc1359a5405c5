import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeTemplates, TEMPLATES, makeTemplate } from '@/test/fakeTemplates';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Template } from '../api';

let gateway: FakeTemplates;

/** A gateway with these templates, and somebody in this role. */
function open(at: string, templates: Template[] = [], role = 'radiologist') {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'anna', full_name: 'Dr. Anna', role }),
    ),
  );
  gateway = new FakeTemplates(templates);
  showApp(at);
}

const list = (name: string) => screen.findByRole('region', { name });
const names = (region: HTMLElement) =>
  within(region)
    .queryAllByRole('heading', { level: 3 })
    .map(({ textContent }) => textContent);
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-anna'))));
  await session.begin(makeTokens('user-anna'));
});

describe('the page of templates', () => {
  it('shows the own ones and those of colleagues, and narrows them to a modality', async () => {
    open('/templates', [
      makeTemplate(),
      makeTemplate({ id: '2', name: 'Any', modality: null, body_part: null, findings: '' }),
      makeTemplate({
        id: '3',
        name: 'Knee',
        modality: 'MR',
        is_mine: false,
        is_shared: true,
        owner: 'Bert',
      }),
    ]);
    expect(names(await list('Yours'))).toEqual(['Head', 'Any']);
    const shared = await list('Shared by colleagues');
    expect(names(shared)).toEqual(['Knee']);
    expect(shared).toHaveTextContent('MR · HEAD · by Bert');
    expect(within(shared).queryByRole('switch')).toBeNull();
    expect(within(shared).queryByRole('button')).toBeNull();
    await userEvent.selectOptions(await screen.findByLabelText('Modality'), 'MR');
    expect(address()).toBe('/templates?modality=MR');
    expect(names(await list('Yours'))).toEqual(['Any']);
    expect(names(shared)).toEqual(['Knee']);
    await userEvent.selectOptions(screen.getByLabelText('Modality'), 'CT');
    expect(shared).toHaveTextContent('None of them is for this modality.');
  });

  it('says that there are none, and what to do', async () => {
    open('/templates');
    expect(await list('Yours')).toHaveTextContent('You have none yet.');
    expect(await list('Shared by colleagues')).toHaveTextContent('No colleague shares one.');
    expect(screen.getByRole('link', { name: 'New template' })).toHaveAttribute(
      'href',
      '/templates/new',
    );
  });

  it('shares one at once, on what was seen', async () => {
    open('/templates', [makeTemplate({ revision: 3 })]);
    await userEvent.click(await screen.findByRole('switch'));
    await waitFor(() => expect(gateway.asked).toEqual([['PATCH', '"3"', { is_shared: true }]]));
    await waitFor(() => expect(screen.getByRole('switch')).toBeChecked());
  });

  it('shows what somebody else has made of one meanwhile', async () => {
    open('/templates', [makeTemplate()]);
    const shared = await screen.findByRole('switch');
    gateway.items = [makeTemplate({ name: 'Skull', revision: 2 })];
    await userEvent.click(shared);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Somebody has changed this template',
    );
    expect(await screen.findByRole('heading', { name: 'Skull' })).toBeVisible();
    expect(screen.getByRole('switch')).not.toBeChecked();
  });

  it('asks before it deletes one', async () => {
    open('/templates', [makeTemplate({ is_shared: true })]);
    await press('Delete Head');
    expect(screen.getByRole('alertdialog')).toHaveTextContent('Colleagues cannot use it any more');
    await press('Back');
    expect(gateway.asked).toEqual([]);
    await press('Delete Head');
    await press('Delete the template');
    await waitFor(() => expect(gateway.asked).toEqual([['DELETE', '"1"', undefined]]));
    expect(await list('Yours')).toHaveTextContent('You have none yet.');
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('says when it could not delete one', async () => {
    open('/templates', [makeTemplate()]);
    await press('Delete Head');
    server.use(
      http.delete(`${TEMPLATES}/:id`, () => problem(500, 'internal', 'Broken', 'It broke.')),
    );
    await press('Delete the template');
    expect(await screen.findByText('It broke.')).toBeVisible();
    expect(names(await list('Yours'))).toEqual(['Head']);
  });

  it('lets an administrator change what is shared, and make none', async () => {
    open('/templates', [makeTemplate({ is_mine: false, is_shared: true })], 'admin');
    const shared = await list('Shared by colleagues');
    expect(await within(shared).findByRole('link', { name: 'Change Head' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'New template' })).toBeNull();
    expect(screen.queryByRole('region', { name: 'Yours' })).toBeNull();
    expect(within(shared).queryByRole('link', { name: 'Copy Head' })).toBeNull();
  });

  it('is nothing for others, and says so', async () => {
    open('/templates', [], 'clinician');
    server.use(http.get(TEMPLATES, () => problem(403, 'role-forbidden', 'No', 'Not for you.')));
    expect(
      await screen.findByRole('heading', { name: 'Templates are for radiologists' }),
    ).toBeVisible();
  });

  it('says that the gateway is unwell, and loads again when asked to', async () => {
    open('/templates', [makeTemplate()]);
    server.use(
      http.get(TEMPLATES, () => problem(500, 'internal', 'Broken', 'It broke.'), { once: true }),
    );
    await press('Try again');
    expect(names(await list('Yours'))).toEqual(['Head']);
  });

  it('is reached from the account of a radiologist', async () => {
    open('/account');
    server.use(http.get(`${API}/auth/sessions`, () => HttpResponse.json({ items: [] })));
    await userEvent.click(await screen.findByRole('link', { name: 'Show the templates' }));
    expect(await screen.findByRole('heading', { name: 'Report templates' })).toBeVisible();
  });
});
