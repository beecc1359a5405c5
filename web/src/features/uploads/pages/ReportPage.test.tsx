import { act, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { pageNews } from '@/shared/pageNews';
import { makeTokens } from '@/test/makeTokens';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { Question, Report } from '../api';

const ID = '00000000-0000-4000-8000-00000000abcd';
const asked: Question = {
  text: 'Is there an older CT?',
  asked_by: 'Dr. Ray',
  asked_at: '2026-01-14T12:00:00Z',
  answer: '',
  upload_id: null,
  answered_by: null,
  answered_at: null,
};
let report: Report;

/** A gateway with one report, and somebody who has sent the study. */
function open() {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
    http.get(`${API}/reports/${ID}`, () => HttpResponse.json(report)),
    http.post(`${API}/reports/${ID}/acknowledge`, async ({ request }) => {
      taken.push(await request.json());
      report = { ...report, critical_since: null };
      return HttpResponse.json(report);
    }),
    http.post(`${API}/reports/${ID}/provide-data`, async ({ request }) => {
      const { text } = (await request.json()) as { text: string };
      const answered = {
        answer: text,
        answered_by: 'Jane Doe',
        answered_at: '2026-01-14T13:00:00Z',
      };
      report = { ...report, status: 'pending', questions: [{ ...asked, ...answered }] };
      return HttpResponse.json(report);
    }),
  );
  showApp(`/reports/${ID}`);
}

let taken: unknown[];

beforeEach(async () => {
  taken = [];
  report = {
    id: ID,
    status: 'pending',
    updated_at: '2026-01-14T12:00:00Z',
    pdf_url: null,
    patient_name: 'DOE^JANE',
    study_instance_uid: '1.2.3',
    service_level: 'routine',
    study_date: '20260114',
    modality: 'CT',
    study_description: 'Head',
    is_critical: false,
    critical_since: null,
    questions: [],
    is_told_to_caller: true,
  };
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-jane'))));
  await session.begin(makeTokens('user-jane'));
});
afterEach(sendingNowhere);

describe('the page of a report', () => {
  it('says whose it is and where it stands, and asks for nothing', async () => {
    open();
    expect(await screen.findByRole('heading', { name: 'DOE, JANE' })).toBeVisible();
    expect(screen.getByText('Being read')).toBeVisible();
    expect(document.title).not.toContain('DOE');
    expect(screen.queryByText('Questions')).not.toBeInTheDocument();
  });

  it('is asked for again when there is news of it, also when it was ready', async () => {
    report = { ...report, status: 'ready' };
    open();
    expect(await screen.findByText('Ready')).toBeVisible();
    report = { ...report, is_critical: true, critical_since: '2026-01-14T12:00:00Z' };
    act(() => pageNews.tell('/reports/another'));
    act(() => pageNews.tell(`/reports/${ID}`));
    expect(await screen.findByText('Critical result: read it now')).toBeVisible();
  });

  it('has a critical result acknowledged, with how it became known', async () => {
    report = { ...report, is_critical: true, critical_since: '2026-01-14T12:00:00Z' };
    open();
    const button = await screen.findByRole('button', { name: 'I know of it' });
    await userEvent.selectOptions(
      screen.getByLabelText('How did you learn of it?'),
      'By telephone',
    );
    await userEvent.click(button);
    expect(await screen.findByText(/has said that it is known/)).toBeVisible();
    expect(taken).toEqual([{ how: 'phone' }]);
    expect(button).not.toBeInTheDocument();
  });

  it('has a question answered, and not by nothing', async () => {
    report = { ...report, status: 'additional_data_required', questions: [asked] };
    open();
    const send = await screen.findByRole('button', { name: 'Send the answer' });
    expect(screen.getByRole('link', { name: 'Send more images' })).toHaveAttribute(
      'href',
      `/send?report=${ID}`,
    );
    await userEvent.click(send);
    expect(screen.getByLabelText('Your answer')).toHaveAccessibleDescription(/Write an answer/);
    await userEvent.type(screen.getByLabelText('Your answer'), 'None that we know of.');
    await userEvent.click(send);
    expect(await screen.findByText('Being read')).toBeVisible();
    expect(screen.getByText('None that we know of.')).toBeVisible();
    expect(send).not.toBeInTheDocument();
  });

  it('says when there is no such report', async () => {
    open();
    server.use(
      http.get(`${API}/reports/${ID}`, () => problem(404, 'report-not-found', 'Not found', '')),
    );
    expect(await screen.findByText('There is no such report')).toBeVisible();
  });
});
