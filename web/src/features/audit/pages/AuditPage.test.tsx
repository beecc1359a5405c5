import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { AuditEvent } from '../api';

const ROSA = '00000000-0000-7000-8000-000000000002';
const SEAL = 'a'.repeat(64);

function makeEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    position: 7,
    at: '2026-01-14T09:30:00.123456Z',
    action: 'user.changed',
    outcome: 'success',
    actor_id: ROSA,
    actor_name: 'root',
    actor_role: 'admin',
    address: '192.0.2.7',
    object_kind: 'user',
    object_id: ROSA,
    details: { fields: ['role'], role: 'radiologist', is_new: true },
    trace_id: '7f8a3d2e-1c4b-4a9f-8e3d-2f1a4b5c6d7e',
    seal: SEAL,
    is_readable: true,
    ...changes,
  };
}

const UNREADABLE = makeEvent({
  ...{ position: 6, at: null, action: null, outcome: null, actor_id: null, is_readable: false },
  ...{ actor_name: '', actor_role: '', address: '', object_kind: '', object_id: '' },
  ...{ details: {}, trace_id: '', seal: '' },
});

/** What was asked of the trail. */
let looks: string[];

function open(at: string, items: AuditEvent[] = [makeEvent()]) {
  looks = [];
  server.use(
    http.get(`${API}/audit`, ({ request }) => {
      looks.push(decodeURIComponent(new URL(request.url).search));
      return HttpResponse.json({ items, next_cursor: null });
    }),
  );
  showApp(at);
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

beforeEach(async () => {
  server.use(
    http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens(ROSA))),
    http.get(`${API}/auth/me`, () => HttpResponse.json({ username: 'root', role: 'admin' })),
  );
  await session.begin(makeTokens(ROSA));
});

describe('the audit trail', () => {
  it('says in words what was done, by whom and to what, and leads there', async () => {
    open('/admin/audit');
    const table = await screen.findByRole('table', { name: 'Audit trail' });
    expect(table).toHaveTextContent('Account changedrootUser …00000002192.0.2.7');
    await press('Account changed');
    const dialog = screen.getByRole('dialog', { name: 'Account changed' });
    expect(dialog).toHaveTextContent('2026-01-14T09:30:00.123456Z');
    expect(dialog).toHaveTextContent('root · Administrator');
    expect(dialog).toHaveTextContent('What was changedRoleRoleRadiologist');
    expect(dialog).toHaveTextContent('is_newYes'); // what there are no words for stands as it is
    expect(within(dialog).getByRole('link', { name: 'Open it' })).toHaveAttribute(
      'href',
      `/admin/users/${ROSA}`,
    );
    await userEvent.click(within(dialog).getByRole('link', { name: 'All about this' }));
    expect(address()).toBe(`/admin/audit?object=${ROSA}`);
    await waitFor(() => expect(looks.at(-1)).toBe(`?object_id=${ROSA}&limit=50`));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByLabelText('ID of what it was done to')).toHaveValue(ROSA);
  });

  it('shows a row that cannot be read as such', async () => {
    open('/admin/audit', [makeEvent(), UNREADABLE]);
    expect(await screen.findByText('Number 6')).toBeVisible();
    await press('This event cannot be read');
    expect(screen.getByRole('dialog')).toHaveTextContent('somebody has changed it');
    expect(screen.getByRole('dialog')).toHaveTextContent('Event number6');
  });

  it('is narrowed by a press, not while one types', async () => {
    open('/admin/audit?action=nonsense', []);
    await screen.findByText('Nothing like that is in the trail');
    await userEvent.type(screen.getByLabelText('User name'), 'rosa');
    await userEvent.selectOptions(screen.getByLabelText('What was done'), 'Report signed');
    await userEvent.type(screen.getByLabelText('Until'), '2026-01-14');
    await userEvent.type(screen.getByLabelText('Up to event number'), 'x');
    await press('Show');
    expect(screen.getByLabelText('Up to event number')).toBeInvalid();
    expect(looks).toEqual(['?limit=50']);
    await userEvent.clear(screen.getByLabelText('Up to event number'));
    await press('Show');
    expect(address()).toBe('/admin/audit?action=report.signed&actor=rosa&to=2026-01-14');
    const end = new Date(2026, 0, 15).toISOString();
    await waitFor(() =>
      expect(looks.at(-1)).toBe(`?action=report.signed&actor=rosa&until=${end}&limit=50`),
    );
    expect(screen.getByRole('button', { name: 'Show' })).toHaveFocus();
    const [clear] = await screen.findAllByRole('button', { name: 'Clear the filters' });
    if (clear) await userEvent.click(clear);
    expect(address()).toBe('/admin/audit');
    expect(screen.getByLabelText('User name')).toHaveValue('');
  });

  it('is saved as a file, as far as the filter lets it through', async () => {
    const saved: [string, Blob][] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
      saved.push(['', file as Blob]);
      return 'blob:file';
    });
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      const last = saved.at(-1);
      if (last) last[0] = this.download;
    });
    const asked: string[] = [];
    server.use(
      http.get(`${API}/audit/export`, ({ request }) => {
        asked.push(new URL(request.url).search);
        return new HttpResponse('position\r\n7\r\n', {
          headers: { 'Content-Disposition': 'attachment; filename="relaypacs-audit-1.csv"' },
        });
      }),
    );
    open('/admin/audit?actor=rosa');
    await press('Save as CSV');
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(asked).toEqual(['?actor=rosa&format=csv']);
    expect(saved[0]?.[0]).toBe('relaypacs-audit-1.csv');
    expect(await saved[0]?.[1].text()).toBe('position\r\n7\r\n');
    server.use(
      http.get(`${API}/audit/export`, () => problem(500, 'internal', 'Broken', 'It broke.')),
    );
    await press('Save as JSON lines');
    expect(await screen.findByText('It broke.')).toBeVisible();
    expect(saved).toHaveLength(1);
    vi.restoreAllMocks();
  });
});

describe('the check of the trail', () => {
  const answer = (found: object) => {
    const asked: string[] = [];
    server.use(
      http.get(`${API}/audit/verify`, ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json(found);
      }),
    );
    return asked;
  };

  it('says that it is whole, and what that does not say', async () => {
    answer({ events: 7, broken_at: null, seal: SEAL });
    open('/admin/audit');
    await press('Check the trail');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Whole: 7 events are as they were written');
    expect(alert).toHaveTextContent('Keep number 7 and this seal outside of this machine');
    expect(alert).toHaveTextContent(SEAL);
  });

  it('says where it is broken, and leads there', async () => {
    const asked = answer({ events: 5, broken_at: 6, seal: SEAL });
    open('/admin/audit', [makeEvent(), UNREADABLE]);
    await press('I have kept a seal');
    await userEvent.type(screen.getByLabelText('Event number'), '7');
    await press('Check the trail');
    expect(await screen.findByText('A seal has 64 hexadecimal digits.')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Seal'), SEAL.toUpperCase());
    await press('Check the trail');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Broken at event 6');
    expect(alert).toHaveTextContent('The 5 events before it are as they were written.');
    expect(alert).toHaveTextContent('does not lead to the seal that you have kept of event 7');
    expect(asked).toEqual([`?position=7&seal=${SEAL}`]);
    await userEvent.click(within(alert).getByRole('link', { name: 'Show the events there' }));
    expect(address()).toBe('/admin/audit?upTo=11');
    await waitFor(() => expect(looks.at(-1)).toBe('?up_to=11&limit=50'));
  });
});
