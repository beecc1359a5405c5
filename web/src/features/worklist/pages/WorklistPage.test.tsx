import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { recall } from '@/shared/kept/kept';
import { ADA, FakeWorklist, LAKE, named, RAY } from '@/test/fakeWorklist';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import { savedViews } from '../savedViews';

const HOUR_MS = 3_600_000;
let worklist: FakeWorklist;

function rowOf(name: string): HTMLElement {
  const row = screen.getByRole('link', { name }).closest('[role=row]');
  if (!(row instanceof HTMLElement)) throw new Error(`no row of ${name}`);
  return row;
}

beforeEach(() => {
  sendingElsewhere();
  worklist = new FakeWorklist();
});

afterEach(() => {
  sendingNowhere();
  savedViews.reload();
});

describe('the worklist', () => {
  it('is where the work of a radiologist begins', async () => {
    await worklist.open('/');
    expect(await screen.findByRole('heading', { name: 'Worklist' })).toBeVisible();
    expect(address()).toBe('/worklist');
    const nav = screen.getByRole('navigation', { name: 'Main navigation' });
    expect(within(nav).getByRole('link', { name: 'Worklist' })).toBeVisible();
    expect(within(nav).queryByRole('link', { name: 'Reports' })).not.toBeInTheDocument();
  });

  it('says of each study in words whose, what, from where, and how much time is left', async () => {
    worklist.studies = [
      named('DOE^JANE', { service_level: 'stat' }),
      named('ROE^RICHARD', {
        due_at: new Date(Date.now() - 3 * HOUR_MS).toISOString(),
        has_history: false,
        images: { expected: 3, verified: 3 },
      }),
      named('SOON^ANNA', { due_at: new Date(Date.now() + 10.5 * 60_000).toISOString() }),
    ];
    await worklist.open();
    await screen.findByText('3 studies');
    const first = rowOf('DOE, JANE');
    for (const text of ['STAT', '2 hr left', 'Female · 56 yrs · ID PAT-17', 'History']) {
      expect(first).toHaveTextContent(text);
    }
    for (const text of ['CT', 'HEAD', 'Head native', '212 of 480 images', 'Hill Clinic']) {
      expect(first).toHaveTextContent(text);
    }
    expect(first).toHaveTextContent('HILL, SUE');
    expect(rowOf('ROE, RICHARD')).toHaveTextContent('Overdue by 3 hr');
    expect(rowOf('ROE, RICHARD')).toHaveTextContent('3 images');
    expect(rowOf('ROE, RICHARD')).not.toHaveTextContent('History');
    expect(rowOf('SOON, ANNA')).toHaveTextContent('Only 10 min left');
    expect(document.title).not.toContain('DOE');
  });

  it('says who has a study open and until when, and who reads it', async () => {
    const lock = {
      user_id: 'user-roe',
      name: 'Dr. Roe',
      until: new Date(2100, 0, 14, 14, 35).toISOString(),
    };
    worklist.studies = [
      named('DOE^JANE', { status: 'pending', lock, radiologist: 'Dr. Roe' }),
      named('ROE^RICHARD', { status: 'pending', radiologist: 'Dr. Roe', radiologist_id: 'x' }),
      named('MINE^ANNA', { status: 'pending', lock: { ...lock, user_id: RAY.id } }),
      named('OVER^OLAF', { status: 'pending', lock: { ...lock, until: '2026-01-14T12:00:00Z' } }),
    ];
    await worklist.open('/worklist?part=all');
    await screen.findByText('4 studies');
    expect(rowOf('OVER, OLAF')).not.toHaveTextContent('Opened');
    expect(rowOf('DOE, JANE')).toHaveTextContent(/Opened by Dr. Roe, until .*35/);
    expect(rowOf('ROE, RICHARD')).toHaveTextContent('Being read');
    expect(rowOf('ROE, RICHARD')).toHaveTextContent('Dr. Roe');
    expect(rowOf('MINE, ANNA')).toHaveTextContent('Opened by you, until');
    expect(screen.queryByRole('button', { name: /^Take over/ })).not.toBeInTheDocument();
  });

  it('has parts and filters, which stand in the address', async () => {
    await worklist.open();
    const user = userEvent.setup();
    expect(await screen.findByText('Nothing is unread')).toBeVisible();
    expect(screen.queryByLabelText('State')).not.toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'All' }));
    expect(screen.getByRole('link', { name: 'All' })).toHaveAttribute('aria-current', 'page');
    await user.selectOptions(screen.getByLabelText('Priority'), 'STAT');
    await user.selectOptions(screen.getByLabelText('Modality'), 'CT');
    await user.selectOptions(await screen.findByLabelText('Site'), 'Lake Hospital');
    await user.selectOptions(screen.getByLabelText('State'), 'Reported');
    expect(address()).toBe(
      `/worklist?part=all&status=ready&priority=stat&modality=CT&site=${LAKE.id}`,
    );
    await waitFor(() => expect(worklist.asked.at(-1)?.get('site_id')).toBe(LAKE.id));
    expect(worklist.asked.at(-1)?.get('share')).toBe('all');
    expect(worklist.asked.at(-1)?.get('status')).toBe('ready');
    const nothing = await screen.findByRole('heading', { name: 'No study fits' });
    expect(nothing.parentElement).toHaveTextContent('Site Lake Hospital');
    const [clear] = screen.getAllByRole('button', { name: 'Clear the filters' });
    if (clear) await user.click(clear);
    expect(address()).toBe('/worklist?part=all');
  });

  it('is not for who sends worklist.studies, and says so', async () => {
    await worklist.open('/worklist', { ...RAY, role: 'clinician' });
    const heading = await screen.findByRole('heading', { level: 1 });
    expect(heading).toHaveTextContent('The worklist is for radiologists');
    expect(worklist.asked).toEqual([]);
  });

  it('shows what this device keeps where there is no network', async () => {
    worklist.studies = [named('DOE^JANE'), named('ROE^RICHARD', { service_level: 'stat' })];
    await worklist.open();
    await screen.findByText('2 studies');
    await vi.waitFor(async () => {
      expect(await recall('worklist', 'unread')).not.toBeNull();
      expect(await recall('profile', 'own')).not.toBeNull();
    });
    cleanup();
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    server.use(http.all(`${API}/*`, () => HttpResponse.error()));
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    await session.restore();
    showApp('/worklist?priority=stat');
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    expect(screen.queryByText('DOE, JANE')).not.toBeInTheDocument();
    expect(screen.getByText(/^As of /)).toBeInTheDocument();
  });
});

describe('saved filters', () => {
  it('are named, shown, renamed, opened first, and removed', async () => {
    await worklist.open('/worklist?priority=stat&modality=CT');
    const user = userEvent.setup();
    await user.click(screen.getByRole('button', { name: 'Saved filters' }));
    await user.click(screen.getByRole('button', { name: 'Save what is shown' }));
    expect(screen.getByLabelText('Name')).toBeInvalid();
    await user.type(screen.getByLabelText('Name'), 'Urgent CT{Enter}');
    await user.click(screen.getByRole('button', { name: 'Rename: Urgent CT' }));
    const [, renamed] = screen.getAllByLabelText('Name');
    if (!renamed) throw new Error('no field');
    expect(renamed).toHaveFocus();
    await user.clear(renamed);
    await user.type(renamed, 'STAT CT{Enter}');
    await user.click(screen.getByRole('button', { name: 'Open first: STAT CT' }));
    expect(screen.getByText('Opens first')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.getByLabelText('Saved filters')).toHaveValue('STAT CT');
    const [clear] = screen.getAllByRole('button', { name: 'Clear the filters' });
    if (clear) await user.click(clear);
    expect(address()).toBe('/worklist');
    expect(screen.getByLabelText('Saved filters')).toHaveValue('');
    await user.selectOptions(screen.getByLabelText('Saved filters'), 'STAT CT');
    expect(address()).toBe('/worklist?priority=stat&modality=CT');

    cleanup();
    showApp('/worklist');
    await waitFor(() => expect(address()).toBe('/worklist?priority=stat&modality=CT'));
    await user.click(await screen.findByRole('button', { name: 'Saved filters' }));
    await user.click(screen.getByRole('button', { name: 'Remove: STAT CT' }));
    expect(screen.getByLabelText('Name')).toHaveFocus();
    expect(screen.queryByText('Your filters')).not.toBeInTheDocument();
  });

  it('belong to a person, and not to whoever comes next', async () => {
    act(() => savedViews.save('somebody', 'Hers', { ...savedView, share: 'all' }));
    act(() => savedViews.setDefault('somebody', 'Hers'));
    await worklist.open();
    expect(address()).toBe('/worklist');
    expect(screen.queryByLabelText('Saved filters')).not.toBeInTheDocument();
  });

  const savedView = {
    share: 'unread',
    status: null,
    serviceLevel: 'stat',
    modality: null,
    siteId: null,
  } as const;
});

describe('an administrator', () => {
  const lock = {
    user_id: 'user-roe',
    name: 'Dr. Roe',
    until: new Date(Date.now() + HOUR_MS).toISOString(),
  };

  it('takes a study over, and releases it to everybody', async () => {
    const study = named('DOE^JANE', { status: 'pending', lock, radiologist: 'Dr. Roe' });
    worklist.studies = [study];
    const calls: string[] = [];
    server.use(
      http.post(`${API}/reports/:id/claim`, ({ request }) => {
        calls.push(`claim${new URL(request.url).search}`);
        worklist.studies = [{ ...study, lock: { ...lock, user_id: ADA.id, name: 'Ada Admin' } }];
        return HttpResponse.json(worklist.studies[0]);
      }),
      http.post(`${API}/reports/:id/release`, () => {
        calls.push('release');
        worklist.studies = [{ ...study, lock: null, status: 'assigned', radiologist: null }];
        return HttpResponse.json(worklist.studies[0]);
      }),
    );
    await worklist.open('/worklist?part=all', ADA);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Take over: DOE, JANE' }));
    const dialog = screen.getByRole('alertdialog');
    expect(dialog).toHaveTextContent('Dr. Roe has it open');
    await user.click(within(dialog).getByRole('button', { name: 'Take over' }));
    await user.click(await screen.findByRole('button', { name: 'Release: DOE, JANE' }));
    await user.click(
      within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Release' }),
    );
    await waitFor(() => expect(rowOf('DOE, JANE')).toHaveTextContent('Unread'));
    expect(calls).toEqual(['claim?take_over=true', 'release']);
  });

  it('is told when that does not work', async () => {
    worklist.studies = [named('DOE^JANE', { status: 'pending', lock })];
    server.use(
      http.post(`${API}/reports/:id/claim`, () =>
        problem(409, 'report-finished', 'Finished', 'This study has been read.'),
      ),
    );
    await worklist.open('/worklist?part=all', ADA);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Take over: DOE, JANE' }));
    const dialog = screen.getByRole('alertdialog');
    await user.click(within(dialog).getByRole('button', { name: 'Take over' }));
    expect(await within(dialog).findByText('This study has been read.')).toBeVisible();
    await user.click(within(dialog).getByRole('button', { name: 'Back' }));
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
  });

  it('reads nothing, so that nothing is his', async () => {
    await worklist.open('/worklist?part=mine', ADA);
    const parts = await screen.findByRole('navigation', { name: 'Part of the worklist' });
    expect(within(parts).getAllByRole('link')).toHaveLength(2);
    await waitFor(() => expect(worklist.asked.at(-1)?.get('share')).toBe('unread'));
  });
});
