import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { recall } from '@/shared/kept/kept';
import { makeNumbers } from '@/test/makeNumbers';
import { makeTokens } from '@/test/makeTokens';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Numbers } from '../api';
import { KEPT_NUMBERS } from '../kept';

const SITE = { id: '00000000-0000-4000-8000-0000000000aa', name: 'Hill Clinic', version: 1 };
const JANE = {
  id: '00000000-0000-4000-8000-0000000000bb',
  username: 'jane',
  full_name: 'Jane Doe',
  role: 'clinician',
};
const ADA = { id: 'user-ada', username: 'ada', full_name: 'Ada Admin', role: 'admin' };

const BUSY = {
  uploads: 24,
  instances: 1_200_000,
  bytes: 4_000_000_000,
  bytes_saved: 3_000_000_000,
  completed: 19,
  failed: 1,
  under_way: 4,
  success_rate: 0.95,
  by_modality: [
    { key: 'CT', count: 18 },
    { key: 'XR', count: 6 },
  ],
  by_service_level: [{ key: 'stat', count: 24 }],
  failures: [
    { kind: 'upload', reason: 'expired', count: 1 },
    { kind: 'instance', reason: 'not-dicom', count: 3 },
    { kind: 'instance', reason: 'learnt-later', count: 2 },
    { kind: 'delivery', reason: 'refused_sop_class', count: 5 },
  ],
  to_verified: { count: 19, p50_seconds: 42, p95_seconds: 200 },
  reports_ready: 5,
  reports_open: 2,
} satisfies Parameters<typeof makeNumbers>[0];

let numbers: Numbers;
let asked: URLSearchParams[];

function open(where = '/analytics', me: object = ADA): void {
  const answer =
    (part: keyof Numbers) =>
    ({ request }: { request: Request }) => {
      if (part === 'summary') asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(numbers[part]);
    };
  server.use(
    http.get(`${API}/auth/me`, () => HttpResponse.json(me)),
    http.get(`${API}/stats`, answer('summary')),
    http.get(`${API}/stats/trend`, answer('trend')),
    http.get(`${API}/stats/turnaround`, answer('turnaround')),
    http.get(`${API}/sites`, () => HttpResponse.json({ items: [SITE], next_cursor: null })),
    http.get(`${API}/users`, ({ request }) => {
      const words = new URL(request.url).searchParams.get('q') ?? '';
      const items = 'jane doe'.includes(words) ? [JANE] : [];
      return HttpResponse.json({ items, next_cursor: null });
    }),
    http.get(`${API}/users/:id`, () => HttpResponse.json(JANE)),
  );
  showApp(where);
}

/** What stands in the card of a figure. */
async function card(name: string): Promise<HTMLElement> {
  // The definitions at the end of the page have terms of the same names.
  const [term] = await screen.findAllByText(name, { selector: 'dt' });
  if (!term?.parentElement) throw new Error(`There is no card ${name}`);
  return term.parentElement;
}

function rowsOf(title: string): string[] {
  const rows = within(screen.getByRole('table', { name: title })).getAllByRole('row');
  return rows.map((row) => [...row.children].map(({ textContent }) => textContent).join(' | '));
}

async function showTable(title: string): Promise<string[]> {
  const section = await screen.findByRole('region', { name: title });
  await userEvent.click(within(section).getByRole('radio', { name: 'Table' }));
  return rowsOf(title);
}

beforeEach(async () => {
  numbers = makeNumbers(BUSY);
  asked = [];
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-ada'))));
  await session.begin(makeTokens('user-ada'));
});
afterEach(sendingNowhere);

describe('the figures', () => {
  it('say what there was, and compare it with the period before', async () => {
    numbers = makeNumbers(BUSY, {
      before: {
        uploads: 12,
        success_rate: 0.975,
        instances: 1_200_000,
        bytes: 5_000_000_000,
        to_verified: { count: 9, p50_seconds: 102, p95_seconds: 300 },
      },
    });
    open('/analytics?period=1w');
    const studies = await card('Studies');
    expect(studies).toHaveTextContent('24');
    expect(studies).toHaveTextContent('Under way: 4');
    expect(studies).toHaveTextContent('12 more than the week before (+100%)');
    expect(await card('Success rate')).toHaveTextContent(
      /95%.*Completed: 19 · Failed: 1.*2\.5 percentage points lower than the week before/,
    );
    expect(await card('Images')).toHaveTextContent(/1,200,000.*The same as the week before/);
    expect(await card('Data')).toHaveTextContent(
      /4 GB.*Saved by compression: 3 GB \(75%\).*1 GB less than the week before \(-20%\)/,
    );
    expect(await card('First byte to verified')).toHaveTextContent(
      /42 sec.*95% within 4 min.*1 min faster than the week before/,
    );
    expect(await card('Reports ready')).toHaveTextContent(
      /5.*Still open: 2.*None in the period before/,
    );
    expect(screen.getByText(/All sites/, { selector: 'p *' })).toBeVisible();
    expect(screen.getByText(/8.*14 Jan 2026|Jan 8.*14, 2026/)).toBeVisible();
  });

  it('of nothing are nothing yet, and a longer period is offered', async () => {
    numbers = makeNumbers({}, { before: { uploads: 3 } });
    open('/analytics?period=2w');
    expect(await card('Success rate')).toHaveTextContent('Nothing yet');
    expect(await card('First byte to verified')).toHaveTextContent('Nothing yet');
    expect(await card('Studies')).toHaveTextContent('3 fewer than the two weeks before (-100%)');
    expect(await card('Data')).toHaveTextContent(/^Data0 kB/);
    expect(screen.getByRole('heading', { name: 'Nothing was sent in this period' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: /longer period: 1 month/ }));
    expect(address()).toBe('/analytics');
  });

  it('of all there ever was are compared with nothing', async () => {
    numbers = makeNumbers({}, { before: null });
    open('/analytics?period=all');
    expect(await screen.findByText('Nothing has been sent yet')).toBeVisible();
    expect(screen.queryByText(/before/, { selector: 'dd *' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /longer/ })).not.toBeInTheDocument();
  });
});

describe('each chart', () => {
  it('is a table, too, with the same numbers', async () => {
    open();
    const trend = await showTable('Studies over time');
    expect(trend).toHaveLength(8);
    expect(trend[0]).toBe('Day | Sent | Completed | Failed');
    expect(trend.at(-1)).toMatch(/14.* \| 24 \| 19 \| 1$/);
    expect(await showTable('Studies by modality')).toEqual([
      'Modality | Studies | Share',
      'CT | 18 | 75%',
      'X-ray (CR, DX) | 6 | 25%',
    ]);
    expect(await showTable('Failures by reason')).toEqual([
      'Reason | What | How often',
      'SOP class refused | Delivery | 5',
      'Not a DICOM file | Image | 3',
      'learnt-later | Image | 2',
      'Not completed in time | Study | 1',
    ]);
    const turnaround = await showTable('Time to the report');
    expect(turnaround[1]).toBe('STAT | 20 min | 40 min | 1 hr | 100% | 5');
    expect(turnaround[3]).toBe('Routine | – | – | 1 hr | – | 0');
  });

  it('is drawn once it is there to be drawn, and says in words what it shows', async () => {
    open();
    expect(
      await screen.findByRole('img', { name: /^Studies by modality: CT 18 · 75%/ }),
    ).toBeInTheDocument();
    const section = screen.getByRole('region', { name: 'Studies by modality' });
    expect(within(section).getByText('18 · 75%')).toBeVisible();
  });
});

describe('the question', () => {
  it('stands in the address, and the gateway is asked it', async () => {
    open();
    await card('Studies');
    expect(asked.at(-1)?.toString()).toBe('period=1m');
    await userEvent.click(screen.getByRole('radio', { name: '3 months' }));
    expect(address()).toBe('/analytics?period=3m');
    await userEvent.selectOptions(screen.getByLabelText('Site'), 'Hill Clinic');
    expect(address()).toBe(`/analytics?period=3m&site=${SITE.id}`);
    await waitFor(() => expect(asked.at(-1)?.toString()).toBe(`period=3m&site_id=${SITE.id}`));
    expect(await screen.findByText('The chosen site or person alone')).toBeVisible();
  });

  it('is about a person who was looked for, until another site is chosen', async () => {
    open(`/analytics?period=3m&site=${SITE.id}`);
    await userEvent.click(await screen.findByText('Everybody'));
    const words = await screen.findByLabelText('Name or e-mail address');
    await userEvent.type(words, 'x');
    expect(await screen.findByText('Nobody is called that.')).toBeVisible();
    await userEvent.clear(words);
    await userEvent.click(await screen.findByText('Jane Doe'));
    expect(address()).toBe(`/analytics?period=3m&site=${SITE.id}&user=${JANE.id}`);
    await waitFor(() =>
      expect(asked.at(-1)?.toString()).toBe(`period=3m&site_id=${SITE.id}&user_id=${JANE.id}`),
    );
    expect(await screen.findByRole('button', { name: 'Person Jane Doe' })).toBeVisible();
    await userEvent.selectOptions(screen.getByLabelText('Site'), 'All sites');
    expect(address()).toBe('/analytics?period=3m');
  });

  it('is of the own scope for who does not administer', async () => {
    numbers.summary.scope = 'own';
    open(`/analytics?site=${SITE.id}`, { ...JANE, id: 'user-ada' });
    expect(await screen.findByText('Your studies')).toBeVisible();
    expect(asked.map(String)).toEqual(['period=1m']);
    expect(screen.queryByLabelText('Site')).not.toBeInTheDocument();
  });
});

describe('the tables for other programs', () => {
  it('are fetched as the person who is signed in, and saved', async () => {
    open('/analytics?period=1w');
    let request: Request | undefined;
    server.use(
      http.get(`${API}/stats/export`, (call) => {
        request = call.request;
        return HttpResponse.text('a,b');
      }),
    );
    const saved: string[] = [];
    vi.stubGlobal(
      'URL',
      Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }),
    );
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Over time (CSV)' }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]).toMatch(/^relaypacs-trend-1w-\d{4}-\d{2}-\d{2}\.csv$/);
    expect(new URL(request?.url ?? '').search).toBe('?period=1w&table=trend');
    expect(request?.headers.get('Authorization')).toMatch(/^Bearer /);
  });

  it('say why they cannot be had', async () => {
    open();
    server.use(
      http.get(`${API}/stats/export`, () => problem(404, 'site-not-found', 'No such site', '')),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Figures (CSV)' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('No such site');
  });
});

describe('what stands in the way', () => {
  it('is said, and tried again', async () => {
    open();
    server.use(
      http.get(
        `${API}/stats/trend`,
        () => problem(500, 'internal-error', 'Something broke', 'It is in the log.'),
        { once: true },
      ),
    );
    expect(await screen.findByText('Something broke')).toBeVisible();
    expect(screen.queryByText('Studies')).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await card('Studies')).toHaveTextContent('24');
  });

  it('a refusal shows nothing of what is kept', async () => {
    open();
    await vi.waitFor(async () => expect(await recall(KEPT_NUMBERS, '1m  ')).not.toBeNull());
    cleanup();
    open();
    server.use(http.get(`${API}/stats`, () => problem(404, 'site-not-found', 'No such site', '')));
    expect(await screen.findByText('No such site')).toBeVisible();
    await waitFor(() => expect(screen.queryByText('Studies')).not.toBeInTheDocument());
  });

  it('without network the last numbers are there, with their time', async () => {
    open();
    await card('Studies');
    await vi.waitFor(async () => {
      expect(await recall(KEPT_NUMBERS, '1m  ')).not.toBeNull();
      expect(await recall('profile', 'own')).not.toBeNull();
    });
    cleanup();
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    server.use(http.all(`${API}/*`, () => HttpResponse.error()));
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void window.dispatchEvent(new Event('offline')));
    await session.restore();
    showApp('/analytics');
    expect(await card('Studies')).toHaveTextContent('24');
    expect(screen.getByText(/^As of /)).toBeVisible();
    expect(screen.getByText(/this is what was last known/)).toBeVisible();
  });
});
