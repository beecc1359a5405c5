import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeTemplates, HEAD, makeTemplate } from '@/test/fakeTemplates';
import { makeTokens } from '@/test/makeTokens';
import { API, server } from '@/test/server';
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

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const fill = async (label: string, text: string) => {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  if (text) await userEvent.type(field, text);
};

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-anna'))));
  await session.begin(makeTokens('user-anna'));
});

describe('the page where a template is written', () => {
  it('makes a new one', async () => {
    open('/templates/new');
    await press('Save');
    expect(await screen.findByLabelText('Name')).toHaveFocus();
    expect(gateway.asked).toEqual([]);
    await fill('Name', 'Knee ');
    await userEvent.selectOptions(screen.getByLabelText('Modality'), 'MR');
    await fill('Body part', 'tête');
    await fill('Findings', 'No effusion.');
    await press('Save');
    expect(screen.getByLabelText('Body part')).toBeInvalid();
    await fill('Body part', 'knee');
    await press('Save');
    await waitFor(() => expect(address()).toBe('/templates'));
    const words = { name: 'Knee', modality: 'MR', body_part: 'KNEE', findings: 'No effusion.' };
    expect(gateway.asked).toEqual([
      ['POST', null, { ...words, impression: '', recommendation: '', is_shared: false }],
    ]);
    expect(await screen.findByText('The template is saved.')).toBeVisible();
    expect(await screen.findByRole('heading', { name: 'Knee' })).toBeVisible();
  });

  it('says at the name that it is taken', async () => {
    open('/templates/new', [makeTemplate()]);
    await fill('Name', 'Head');
    await press('Save');
    expect(await screen.findByLabelText('Name')).toBeInvalid();
    expect(screen.getByText('A template of this name exists.')).toBeVisible();
  });

  it('copies one of a colleague', async () => {
    open('/templates', [makeTemplate({ is_mine: false, is_shared: true })]);
    await userEvent.click(await screen.findByRole('link', { name: 'Copy Head' }));
    expect(await screen.findByLabelText('Name')).toHaveValue('Copy of Head');
    expect(screen.getByLabelText('Findings')).toHaveValue('The ventricles are of normal size.');
    await press('Save');
    await waitFor(() => expect(gateway.asked[0]?.[2]).toMatchObject({ name: 'Copy of Head' }));
  });

  it('changes one on what was seen', async () => {
    open(`/templates/${HEAD}`, [makeTemplate({ revision: 4 })]);
    await fill('Body part', '');
    await press('Save');
    await waitFor(() => expect(address()).toBe('/templates'));
    expect(gateway.asked[0]?.slice(0, 2)).toEqual(['PATCH', '"4"']);
    expect(gateway.items[0]).toMatchObject({ body_part: null, name: 'Head', revision: 5 });
  });

  it('never writes over what somebody else has saved unless that is wanted', async () => {
    open(`/templates/${HEAD}`, [makeTemplate()]);
    await fill('Impression', 'Mine.');
    gateway.items = [makeTemplate({ impression: 'Theirs.', revision: 2 })];
    await press('Save');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Somebody has changed this template',
    );
    expect(gateway.items[0]?.impression).toBe('Theirs.');
    await press('Save mine in its place');
    await waitFor(() => expect(address()).toBe('/templates'));
    expect(gateway.items[0]).toMatchObject({ impression: 'Mine.', revision: 3 });
  });

  it('shows what somebody else has saved when that is wanted', async () => {
    open(`/templates/${HEAD}`, [makeTemplate()]);
    await fill('Impression', 'Mine.');
    gateway.items = [makeTemplate({ impression: 'Theirs.', revision: 2 })];
    await press('Save');
    await press('Show the other text');
    expect(await screen.findByLabelText('Impression')).toHaveValue('Theirs.');
    await fill('Impression', 'Both.');
    await press('Save');
    await waitFor(() =>
      expect(gateway.items[0]).toMatchObject({ impression: 'Both.', revision: 3 }),
    );
  });

  it('takes it as saved when only the answer was lost', async () => {
    open(`/templates/${HEAD}`, [makeTemplate()]);
    await fill('Impression', 'Mine.');
    gateway.items = [makeTemplate({ impression: 'Mine.', revision: 2 })];
    await press('Save');
    await waitFor(() => expect(address()).toBe('/templates'));
  });

  it('says that it was deleted meanwhile, and keeps what was written', async () => {
    open(`/templates/${HEAD}`, [makeTemplate()]);
    await fill('Impression', 'Mine.');
    gateway.items = [];
    await press('Save');
    expect(await screen.findByText('There is no such template.')).toBeVisible();
    expect(screen.getByLabelText('Impression')).toHaveValue('Mine.');
  });

  it('asks before what was written is thrown away', async () => {
    open('/templates/new');
    await fill('Name', 'x');
    await press('Cancel');
    await press('Back');
    expect(screen.getByLabelText('Name')).toHaveValue('x');
    await press('Cancel');
    await press('Leave without saving');
    await waitFor(() => expect(address()).toBe('/templates'));
    expect(gateway.asked).toEqual([]);
  });

  it('says that there is no such template', async () => {
    open('/templates/gone');
    expect(await screen.findByRole('heading', { name: 'There is no such template' })).toBeVisible();
  });
});
