import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { AT, makeConcern, makeJob, makeSystem } from '@/test/makeSystem';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { System } from '../api';

/** A gateway that says this of itself, and somebody in this role. */
function open(answer: System | Response, role = 'admin') {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'anna', full_name: 'Anna', role }),
    ),
    http.get(`${API}/system`, () =>
      answer instanceof Response ? answer.clone() : HttpResponse.json(answer),
    ),
  );
  showApp('/admin/system');
}

const attention = () => screen.findByRole('region', { name: 'What needs attention' });
const rowOf = (name: string) => screen.getByRole('row', { name: new RegExp(name) });

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-anna'))));
  await session.begin(makeTokens('user-anna'));
});

describe('the page of the system', () => {
  it('says that nothing needs attention, and how everything is', async () => {
    open(makeSystem());
    expect(within(await attention()).getByRole('status')).toHaveTextContent(
      'Nothing needs attention',
    );
    expect(rowOf('Regional archive')).toHaveTextContent('Works');
    expect(rowOf('Find what is due')).toHaveTextContent(/Done.*12 ms.*5 sec.*in 3 sec/);
    expect(screen.getByText('PostgreSQL 16.2')).toBeVisible();
    expect(screen.getByText('On another machine')).toBeVisible();
    expect(screen.getByText('Not used')).toBeVisible();
  });

  it('says first what needs somebody, since when, in whose words, and where it is mended', async () => {
    open(
      makeSystem({
        concerns: [
          makeConcern({
            code: 'destination-failing',
            name: 'Regional archive',
            subject_id: 'pacs',
            count: 3,
            since: '2026-01-14T11:48:00Z',
            detail: 'maintenance until six',
          }),
          makeConcern({ code: 'deliveries-late', service_level: 'stat', count: 1, since: AT }),
          makeConcern({ code: 'job-failed', severity: 'warning', name: 'clean_up', count: 2 }),
          makeConcern({ code: 'job-failed', severity: 'warning', name: 'brew_tea', count: 1 }),
        ],
      }),
    );
    const region = await attention();
    expect(within(region).getByRole('status')).toHaveTextContent('4 things · 2 of them urgent');
    const [failing, late, job, unknown] = within(region).getAllByRole('listitem');
    expect(failing).toHaveTextContent(/“Regional archive” is failing.*Urgent.*3 deliveries/);
    expect(failing).toHaveTextContent('12 minutes ago');
    expect(failing).toHaveTextContent('maintenance until six');
    expect(within(region).getByRole('link', { name: 'Open destinations' })).toHaveAttribute(
      'href',
      '/admin/destinations',
    );
    expect(late).toHaveTextContent('Deliveries wait for too long: STAT');
    expect(job).toHaveTextContent(/A job fails: Remove files that nobody needs.*2 failures/);
    expect(within(region).getAllByRole('link'), 'a job is not mended in the app').toHaveLength(2);
    expect(unknown, 'a gateway may be newer than the app').toHaveTextContent('brew_tea');
  });

  it('shows what is known beside what was not answered', async () => {
    open(
      makeSystem({
        queue: null,
        storage: { ...makeSystem().storage, milliseconds: null, free_bytes: null },
        unanswered: [
          { part: 'queue', problem: 'timed-out', asked_at: AT },
          { part: 'storage', problem: 'timed-out', asked_at: AT },
        ],
      }),
    );
    expect(await screen.findByText('No answer in time: Queues')).toBeVisible();
    expect(rowOf('Regional archive')).toBeVisible();
    const storage = screen.getByRole('region', { name: 'Storage' });
    expect(storage).toHaveTextContent('No answer');
    expect(storage).toHaveTextContent('Not known');
  });

  it('says of an object store that it tells no bounds', async () => {
    open(
      makeSystem({
        storage: {
          ...makeSystem().storage,
          kind: 'bucket',
          free_bytes: null,
          total_bytes: null,
        },
      }),
    );
    const storage = await screen.findByRole('region', { name: 'Storage' });
    expect(storage).toHaveTextContent('An object store, which tells no bounds');
    expect(storage).not.toHaveTextContent('Not known');
  });

  it('says whether new files are encrypted, and with which key', async () => {
    open(makeSystem({ storage: { ...makeSystem().storage, sealed_by: 3 } }));
    const storage = await screen.findByRole('region', { name: 'Storage' });
    expect(storage).toHaveTextContent('Encrypted, with key 3');
  });

  it('says of Redis what it holds, where there is one', async () => {
    const redis = { milliseconds: 1, version: '7.0.15', used_bytes: 2_000_000, wakeups: 1234 };
    open(makeSystem({ redis }));
    await attention();
    const facts = screen.getByRole('region', { name: 'Gateway' });
    expect(facts).toHaveTextContent('Redis' + 'Version 7.0.15, 2 MB in use');
    expect(facts).toHaveTextContent('Wake-ups waiting in Redis' + '1,234');
  });

  it('says of jobs that they have never run, failed, or are overdue', async () => {
    open(
      makeSystem({
        jobs: [
          makeJob({ name: 'clean_up', standing: 'failed', error: 'storage-unavailable' }),
          makeJob({
            name: 'synchronise',
            standing: 'never',
            started_at: null,
            milliseconds: null,
            next_run_at: null,
            is_late: true,
          }),
        ],
      }),
    );
    await attention();
    expect(rowOf('Remove files that nobody needs')).toHaveTextContent('Failedstorage-unavailable');
    expect(rowOf('Ask destinations for reports')).toHaveTextContent('Not run yetOverdue');
  });

  it('says in the reader’s language that the database does not answer', async () => {
    open(problem(503, 'database-unavailable', 'Database unavailable', 'Try again.'));
    expect(await screen.findByText('The database does not answer')).toBeVisible();
    expect(screen.queryByText('Database unavailable')).toBeNull();
  });

  it('is for administrators alone', async () => {
    open(makeSystem(), 'radiologist');
    expect(
      await screen.findByRole('heading', { name: 'Only administrators see this' }),
    ).toBeVisible();
  });
});
