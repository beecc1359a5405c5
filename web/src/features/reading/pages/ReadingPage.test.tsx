import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { unsent } from '@/shared/unsent';
import { OTHER, READER, type FakeReading } from '@/test/fakeReading';
import { problem } from '@/test/server';
import {
  beginReading,
  endReading,
  findings,
  goOffline,
  openStudy,
  press,
  saved,
} from '@/test/showReading';

import { database } from '../drafts/database';

let gateway: FakeReading;

beforeEach(async () => {
  gateway = await beginReading();
});
afterEach(async () => {
  await endReading();
  vi.restoreAllMocks();
});

describe('opening a study', () => {
  it('claims it, and shows whose it is and why it was made', async () => {
    openStudy();
    expect(await screen.findByRole('heading', { level: 1, name: 'DOE, JANE' })).toBeVisible();
    expect(await findings()).toHaveValue('');
    expect(screen.getByText('Fall from a ladder.')).toBeVisible();
    expect(screen.getByText(/ID P-17/)).toHaveTextContent(/61 yrs/);
    expect(screen.getByText('212 of 480 in the PACS')).toBeVisible();
    expect(document.title).not.toContain('DOE');
    expect(gateway.count('claim')).toBe(1);
    expect(screen.queryByRole('link', { name: 'Open the upload' })).not.toBeInTheDocument();
  });

  it('lets go of it when nothing was written', async () => {
    openStudy();
    await findings();
    cleanup();
    await expect.poll(() => gateway.report.lock).toBeNull();
    expect(gateway.count('release')).toBe(1);
  });

  it('keeps it where something is written', async () => {
    openStudy();
    await userEvent.type(await findings(), 'No bleeding.');
    cleanup();
    await expect.poll(() => gateway.drafts.at(-1)?.findings).toBe('No bleeding.');
    expect(gateway.count('release')).toBe(0);
  });

  it('goes on where somebody has begun', async () => {
    gateway.write({ findings: 'Begun by a colleague.', impression: 'Not yet.' });
    openStudy();
    expect(await findings()).toHaveValue('Begun by a colleague.');
    expect(screen.getByLabelText('Impression')).toHaveValue('Not yet.');
  });

  it('says who else has it, and opens it when it is free', async () => {
    gateway.take();
    openStudy();
    expect(await screen.findByText(`${OTHER.name} is reading this study`)).toBeVisible();
    expect(screen.queryByLabelText('Findings')).not.toBeInTheDocument();
    expect(screen.getByText('Fall from a ladder.')).toBeVisible();
    gateway.report = { ...gateway.report, lock: null };
    await press('Try now');
    expect(await findings()).toBeVisible();
  });

  it('says that there is no such report', async () => {
    gateway.faults.claim = [() => problem(404, 'report-not-found', 'Not found', '')];
    openStudy();
    expect(await screen.findByText('There is no such report')).toBeVisible();
  });

  it('can be tried again when the gateway fails', async () => {
    gateway.faults.claim = [() => problem(500, 'internal-error', 'Internal error', 'Sorry.')];
    openStudy();
    expect(await screen.findByText('Sorry.')).toBeVisible();
    await press('Try again');
    expect(await findings()).toBeVisible();
  });

  it('leaves a clinician the page of the report that was sent', async () => {
    openStudy({ ...READER, role: 'clinician' });
    expect(await screen.findByText('Waiting for a radiologist')).toBeVisible();
    expect(gateway.count('claim')).toBe(0);
  });
});

describe('writing', () => {
  it('says in words where the text is safe, and survives a reload', async () => {
    openStudy();
    expect(await screen.findAllByText('Nothing written yet')).not.toHaveLength(0);
    await userEvent.type(await findings(), 'No bleeding.');
    expect(screen.getByText('Not saved yet')).toBeVisible();
    expect(await saved()).not.toHaveLength(0);
    cleanup();
    openStudy();
    expect(await findings()).toHaveValue('No bleeding.');
  });

  it('goes on without network, and survives a reload there', async () => {
    openStudy();
    await userEvent.type(await findings(), 'Online.');
    await userEvent.tab();
    await saved();
    goOffline(true);
    await userEvent.type(await findings(), ' Offline.');
    expect(await screen.findAllByText('Kept on this device')).not.toHaveLength(0);
    cleanup();
    openStudy();
    expect(await findings()).toHaveValue('Online. Offline.');
    expect(screen.getByText(/Offline: this is what was last known/)).toBeVisible();
    goOffline(false);
    await expect.poll(() => gateway.report.draft?.findings).toBe('Online. Offline.');
  });

  it('asks who signs out while this device alone has the text', async () => {
    openStudy();
    await findings();
    goOffline(true);
    await userEvent.type(await findings(), 'Only here.');
    await screen.findAllByText('Kept on this device');
    await waitFor(() => expect(unsent.waiting().reports).toBe(1));
    await press('Sign out');
    expect(await screen.findByRole('alertdialog')).toHaveAccessibleName(/wrote in 1 report/);
    goOffline(false);
    await waitFor(() => expect(unsent.waiting().reports).toBe(0));
  });

  it('shows both texts where it was changed elsewhere, and loses none', async () => {
    openStudy();
    await userEvent.type(await findings(), 'Mine.');
    await saved();
    gateway.write({ findings: 'Theirs.' });
    await userEvent.type(await findings(), ' More.');
    await userEvent.tab();
    const choice = await screen.findByRole('region', { name: /changed elsewhere/ });
    expect(within(choice).getByText('Mine. More.')).toBeVisible();
    expect(within(choice).getByText('Theirs.')).toBeVisible();
    await press(/Keep both/);
    expect(await findings()).toHaveValue('Mine. More.\n\nTheirs.');
    await expect.poll(() => gateway.report.draft?.findings).toBe('Mine. More.\n\nTheirs.');
  });

  it('gives way when somebody takes it over, and keeps the text', async () => {
    openStudy();
    await userEvent.type(await findings(), 'Too late.');
    gateway.take();
    await userEvent.tab();
    expect(await screen.findByText(`${OTHER.name} is reading this study`)).toBeVisible();
    expect(await screen.findByText('Too late.')).toBeVisible();
    await press('Discard the text');
    await userEvent.click(
      within(await screen.findByRole('alertdialog')).getByRole('button', {
        name: 'Discard the text',
      }),
    );
    expect(screen.queryByText('Too late.')).not.toBeInTheDocument();
    await expect.poll(() => database.drafts.count()).toBe(0);
  });

  it('is led by the keyboard', async () => {
    openStudy();
    await findings();
    await userEvent.keyboard('{Alt>}[Digit2]{/Alt}');
    expect(screen.getByLabelText('Impression')).toHaveFocus();
    await userEvent.keyboard('Normal?');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await userEvent.keyboard('{Control>}s{/Control}');
    await expect.poll(() => gateway.report.draft?.impression).toBe('Normal?');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('dialog', { name: 'Sign the final report' })).toBeVisible();
    await press('Close');
    act(() => (document.activeElement as HTMLElement | null)?.blur());
    await userEvent.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });
});
