import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { recall } from '@/shared/kept/kept';
import { preferences } from '@/shared/preferences';
import { KEPT_PDF, type KeptPdf } from '@/shared/reports/pdf';
import { makeReport } from '@/test/makeReport';
import { makeTokens } from '@/test/makeTokens';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { ReportRow } from '../api';

const jane = { id: 'user-jane', username: 'jane', full_name: 'Jane Doe', role: 'clinician' };
const reported = {
  status: 'ready',
  reported_at: '2026-01-14T12:00:00Z',
  radiologist: 'Dr. Ray',
  pdf_url: '/api/v1/reports/x/pdf',
} as const;

let reports: ReportRow[];
let asked: URLSearchParams[];
let pages: string[];

function named(name: string, changes: Partial<ReportRow> = {}): ReportRow {
  return makeReport({ patient_name: name, ...changes });
}

function open(where = '/reports', role = 'clinician'): void {
  server.use(
    http.get(`${API}/auth/me`, () => HttpResponse.json({ ...jane, role })),
    http.get(`${API}/reports`, ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ items: reports, next_cursor: null });
    }),
    http.get(`${API}/reports/:id/pdf`, ({ request, params }) => {
      pages.push(`${String(params.id)}${new URL(request.url).search}`);
      return HttpResponse.arrayBuffer(new TextEncoder().encode('%PDF-').buffer);
    }),
  );
  showApp(where);
}

beforeEach(async () => {
  [reports, asked, pages] = [[], [], []];
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-jane'))));
  await session.begin(makeTokens('user-jane'));
});
afterEach(sendingNowhere);

describe('the list of reports', () => {
  it('says what has become of each study, and what somebody has to do', async () => {
    const critical = { is_critical: true, critical_since: '2026-01-14T12:00:00Z' };
    reports = [
      named('DOE^JANE', { ...reported, ...critical }),
      named('ROE^RICHARD', { status: 'additional_data_required' }),
      named('LOE^ANNA', { ...reported, is_critical: true }),
      named('POE^EDGAR'),
    ];
    open();
    await screen.findByText('4 reports');
    const rows = screen.getAllByRole('row').slice(1);
    expect(rows[0]).toHaveTextContent('Critical result: read it now');
    expect(rows[0]).toHaveTextContent('Dr. Ray');
    expect(rows[1]).toHaveTextContent('The radiologist asks for more');
    expect(rows[2]).toHaveTextContent('Critical result, known');
    expect(rows[3]).toHaveTextContent('Waiting for a radiologist');
    expect(rows[3]).toHaveTextContent('Not yet');
    expect(screen.getByRole('link', { name: 'POE, EDGAR' })).toHaveAttribute(
      'href',
      `/reports/${reports[3]?.id}`,
    );
  });

  it('is narrowed by state, in the address', async () => {
    open();
    expect(await screen.findByText('No reports yet')).toBeVisible();
    await userEvent.selectOptions(screen.getByLabelText('State'), 'Ready');
    expect(address()).toBe('/reports?status=ready');
    await waitFor(() => expect(asked.at(-1)?.get('status')).toBe('ready'));
    expect(await screen.findByText('No report fits')).toBeVisible();
    expect(screen.queryByRole('switch')).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Clear the filters' }));
    expect(address()).toBe('/reports');
  });

  it('offers the own ones alone to who sees those of the site', async () => {
    open('/reports', 'radiographer');
    await userEvent.click(await screen.findByRole('switch', { name: 'Only mine' }));
    expect(address()).toBe('/reports?mine=yes');
    await waitFor(() => expect(asked.at(-1)?.get('share')).toBe('mine'));
  });

  it('is the worklist for who reads', async () => {
    server.use(http.get(`${API}/reports/sites`, () => HttpResponse.json([])));
    open('/reports', 'radiologist');
    expect(await screen.findByRole('heading', { name: 'Worklist' })).toBeVisible();
  });
});

describe('without network', () => {
  async function startAgain(where: string): Promise<void> {
    cleanup();
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    server.use(http.all(`${API}/*`, () => HttpResponse.error()));
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void window.dispatchEvent(new Event('offline')));
    await session.restore();
    showApp(where);
  }
  const kept = (report: ReportRow | undefined) => recall<KeptPdf>(KEPT_PDF, report?.id ?? '');

  it('the newest reports open, though nobody has opened them before', async () => {
    vi.stubGlobal(
      'URL',
      Object.assign(URL, { createObjectURL: () => 'blob:kept', revokeObjectURL: () => undefined }),
    );
    reports = [
      named('POE^EDGAR'),
      ...Array.from({ length: 22 }, (_, index) => named(`P${index}^X`, reported)),
    ];
    open();
    await screen.findByText('23 reports');
    await vi.waitFor(async () => {
      expect(await kept(reports[20])).not.toBeNull();
      expect(await recall('profile', 'own')).not.toBeNull();
      expect(await recall('reports', 'newest')).not.toBeNull();
    });
    expect(pages).toEqual(reports.slice(1, 21).map(({ id }) => `${id}?ahead=true`));
    await startAgain('/reports');
    expect(await screen.findByText('P1, X')).toBeInTheDocument();
    expect(screen.getByText(/^As of /)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('link', { name: 'P1, X' }));
    expect(await screen.findByRole('link', { name: 'Open the report (PDF)' })).toHaveAttribute(
      'href',
      'blob:kept',
    );
  });

  it('those alone are there that were opened, where the data saver is on', async () => {
    preferences.change({ dataSaver: { on: true, dailyMegabytes: 200 } });
    reports = [named('DOE^JANE', reported)];
    open();
    await screen.findByText('1 report');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pages).toEqual([]);
    expect(await kept(reports[0])).toBeNull();
  });

  it('what is kept already is not fetched again, and what has changed is', async () => {
    reports = [named('DOE^JANE', reported), named('ROE^RICHARD', reported)];
    open();
    await vi.waitFor(async () => expect(await kept(reports[1])).not.toBeNull());
    cleanup();
    pages = [];
    const [first, second] = reports as [ReportRow, ReportRow];
    reports = [{ ...first, updated_at: '2026-01-15T12:00:00Z' }, second];
    open();
    await waitFor(() => expect(pages).toEqual([`${first.id}?ahead=true`]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pages).toHaveLength(1);
  });
});
