import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeVersion, PASSWORD, type FakeReading } from '@/test/fakeReading';
import { API, problem, server } from '@/test/server';
import { address } from '@/test/showApp';
import { beginReading, endReading, findings, openStudy, press } from '@/test/showReading';

import { database } from '../drafts/database';

let gateway: FakeReading;

beforeEach(async () => {
  gateway = await beginReading();
});
afterEach(endReading);

describe('signing', () => {
  async function write(): Promise<void> {
    openStudy();
    await userEvent.type(await findings(), 'No bleeding.');
    await press('Sign…');
  }

  it('shows what is signed and whose it is, and ends the writing', async () => {
    await write();
    const dialog = await screen.findByRole('dialog', { name: 'Sign the final report' });
    expect(within(dialog).getByText('DOE, JANE')).toBeVisible();
    expect(within(dialog).getByText('No bleeding.')).toBeVisible();
    await userEvent.type(within(dialog).getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await screen.findByText('Whoever sent the study is told now.')).toBeVisible();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(screen.queryByLabelText('Findings')).not.toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Final report' })).toBeVisible();
    expect(gateway.report.signed_at).not.toBeNull();
  });

  it('goes on after a preliminary one', async () => {
    await write();
    await userEvent.click(await screen.findByRole('radio', { name: /Preliminary/ }));
    await userEvent.type(screen.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await screen.findByRole('heading', { name: 'Preliminary report 1' })).toBeVisible();
    expect(await findings()).toHaveValue('No bleeding.');
  });

  it('says at the field that the password is wrong, and loses nothing', async () => {
    await write();
    await userEvent.type(await screen.findByLabelText('Your password'), 'wrong{Enter}');
    expect(await screen.findByText('The password is wrong.')).toBeVisible();
    expect(screen.getByLabelText('Your password')).toBeInvalid();
    expect(screen.getByLabelText('Findings')).toHaveValue('No bleeding.');
  });

  it.each([
    [409, 'stale-edit', 'It was changed elsewhere meanwhile'],
    [429, 'too-many-failures', 'Too many wrong passwords'],
    [422, 'report-empty', 'There is nothing to be signed'],
    [409, 'report-not-claimed', 'You do not have this study open any more'],
  ])('says inside the dialog why not: %d %s', async (status, code, words) => {
    await write();
    gateway.faults.sign = [() => problem(status, code, 'No', 'No.')];
    await userEvent.type(await screen.findByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(within(await screen.findByRole('dialog')).getByText(words)).toBeVisible();
  });

  it('signs nothing that the gateway does not have', async () => {
    await write();
    gateway.faults.draft = [() => null, () => null];
    await userEvent.type(screen.getByLabelText('Findings'), ' More.');
    await userEvent.type(await screen.findByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await screen.findByText('The gateway does not have all of your text yet')).toBeVisible();
    expect(gateway.count('sign')).toBe(0);
  });

  it('is not offered where nothing is written', async () => {
    openStudy();
    await findings();
    await press('Sign…');
    expect(await screen.findByText('There is nothing to be signed')).toBeVisible();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('leads to the next study', async () => {
    await write();
    await userEvent.type(await screen.findByLabelText('Your password'), `${PASSWORD}{Enter}`);
    server.use(
      http.get(`${API}/reports`, () => HttpResponse.json({ items: [{ id: 'next' }] })),
      http.post(`${API}/reports/next/claim`, () =>
        problem(404, 'report-not-found', 'Not found', ''),
      ),
    );
    await press('Next study');
    await waitFor(() => expect(address()).toBe('/reports/next'));
  });
});

describe('a report that is signed', () => {
  beforeEach(() => {
    const final = makeVersion({ findings: 'No bleeding.' });
    const addendum = makeVersion({ kind: 'addendum', number: 1, findings: 'Looked again.' });
    gateway.report = {
      ...gateway.report,
      status: 'ready',
      signed_at: final.signed_at,
      versions: [addendum, final],
    };
  });

  it('shows addenda above the original, which nobody can change', async () => {
    openStudy();
    const headings = await screen.findAllByRole('heading', { level: 3 });
    expect(headings.map(({ textContent }) => textContent)).toEqual(['Addendum 1', 'Final report']);
    expect(screen.queryByLabelText('Findings')).not.toBeInTheDocument();
  });

  it('takes an addendum, which is on this device until it is signed', async () => {
    openStudy();
    await press('Add an addendum');
    await userEvent.type(await findings(), 'A fracture, too.');
    expect(await screen.findByText(/Kept on this device\. Nobody else/)).toBeVisible();
    cleanup();
    openStudy();
    expect(await findings()).toHaveValue('A fracture, too.');
    await press('Sign…');
    const dialog = await screen.findByRole('dialog', { name: 'Sign the addendum' });
    await userEvent.type(within(dialog).getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await screen.findByRole('heading', { name: 'Addendum 2' })).toBeVisible();
    expect(gateway.report.versions[0]?.findings).toBe('A fracture, too.');
    await expect.poll(() => database.drafts.count()).toBe(0);
  });

  it('says where it is stored beside the images, and why it is not', async () => {
    const [addendum, final] = gateway.report.versions;
    if (!addendum || !final) throw new Error('no versions');
    const at = '2026-01-14T12:40:00Z';
    gateway.report.versions = [
      {
        ...addendum,
        stored: [{ destination: 'Archive', state: 'attention', reason: 'SOP class refused', at }],
      },
      { ...final, stored: [{ destination: 'Archive', state: 'verified', reason: '', at }] },
    ];
    openStudy();
    const [first, second] = await screen.findAllByRole('list', {
      name: 'Stored beside the images',
    });
    if (!first || !second) throw new Error('no lists');
    expect(within(first).getByText(/^Archive needs attention/)).toBeVisible();
    expect(within(first).getByText('SOP class refused')).toBeVisible();
    expect(within(second).getByText('In Archive, proven')).toBeVisible();
  });

  it('leads who has sent the study to what a sender does', async () => {
    gateway.report = { ...gateway.report, is_told_to_caller: true };
    openStudy();
    const link = await screen.findByRole('link', { name: 'Show it as its sender' });
    expect(link).toHaveAttribute('href', expect.stringMatching(/\?as=sender$/));
  });

  it('says who knows of a critical result, and how', async () => {
    const [addendum, final] = gateway.report.versions;
    if (!addendum || !final) throw new Error('no versions');
    const acknowledgement = {
      user_id: 'jane',
      name: 'Jane Doe',
      how: 'phone' as const,
      acknowledged_at: '2026-01-14T13:00:00Z',
    };
    gateway.report = {
      ...gateway.report,
      is_critical: true,
      escalated_at: '2026-01-14T12:50:00Z',
      versions: [addendum, { ...final, is_critical: true, acknowledgement }],
    };
    openStudy();
    expect(await screen.findByText('Critical result: acknowledged')).toBeVisible();
    expect(screen.getByText(/Jane Doe.*by telephone/)).toBeVisible();
    expect(screen.getByText(/Others of the site were told/)).toBeVisible();
  });
});
