import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { keepReport, type Report } from '@/shared/reports/report';
import { makeDicomFile, makeStack, STUDY_UID } from '@/test/makeDicom';
import { makeTokens } from '@/test/makeTokens';
import { API, problem, server } from '@/test/server';

import type { ReadyStudy } from '../study/ready';
import AnswerSection from './AnswerSection';

const ID = '00000000-0000-4000-8000-00000000abcd';
const question = {
  text: 'The lower half, please.',
  asked_by: 'Dr. Ray',
  asked_at: '2026-01-14T12:00:00Z',
  answer: '',
  upload_id: null,
  answered_by: null,
  answered_at: null,
};
let report: Report;
let searched: number;

beforeEach(async () => {
  searched = 0;
  report = {
    id: ID,
    status: 'additional_data_required',
    updated_at: '2026-01-14T12:00:00Z',
    pdf_url: null,
    patient_name: 'DOE^JANE',
    study_instance_uid: STUDY_UID,
    study_date: '20260114',
    modality: 'CT',
    study_description: 'Head',
    service_level: 'emergency',
    is_critical: false,
    critical_since: null,
    is_told_to_caller: true,
    questions: [question],
  };
  server.use(
    http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('jane'))),
    http.get(`${API}/reports/${ID}`, () => HttpResponse.json(report)),
    http.post(`${API}/upload/search`, () => {
      searched += 1;
      return HttpResponse.json({ items: [], next_cursor: null });
    }),
  );
  await session.begin(makeTokens('jane'));
});

function show() {
  const onSend = vi.fn<(ready: ReadyStudy[]) => Promise<void>>(() => Promise.resolve());
  render(
    <MemoryRouter>
      <AnswerSection reportId={ID} onSend={onSend} />
    </MemoryRouter>,
  );
  return onSend;
}

const pick = async (...files: File[]) =>
  userEvent.upload(await screen.findByLabelText(/Choose files|Add files/), files);

describe('sending images for a question', () => {
  it('says of which study and why, takes that study alone, and leads back', async () => {
    const onSend = show();
    const study = within(await screen.findByRole('region', { name: 'DOE, JANE' }));
    expect(study.getByText('The lower half, please.')).toBeVisible();
    expect(study.getByText(/Dr\. Ray/)).toBeVisible();
    await pick(...makeStack(2), makeDicomFile('stray.dcm', { StudyInstanceUID: '1.2.3' }));
    const card = within(await screen.findByRole('article', { name: 'DOE, JANE' }));
    expect(screen.getAllByRole('article')).toHaveLength(1);
    expect(card.getByRole('radio', { name: /Emergency/ })).toBeChecked();
    expect(searched).toBe(0);
    await userEvent.click(screen.getByRole('button', { name: '1 file is left out' }));
    expect(screen.getByText(/another study than the one that was asked about/)).toBeVisible();
    expect(screen.getByText('stray.dcm')).toBeVisible();

    await userEvent.click(card.getByRole('button', { name: 'Send the study of DOE, JANE' }));
    expect(await screen.findByText('The images are on their way')).toBeVisible();
    expect(document.activeElement).toHaveTextContent('The images are on their way');
    const [ready] = onSend.mock.calls[0]?.[0] ?? [];
    expect(ready).toMatchObject({ reportId: ID, study: { uid: STUDY_UID } });
    expect(screen.getByRole('link', { name: 'Back to the report' })).toHaveAttribute(
      'href',
      `/reports/${ID}`,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Send more of this study' }));
    expect(await screen.findByLabelText('Choose files')).toBeInTheDocument();
  });

  it('says when none of the files is of the study', async () => {
    show();
    await pick(makeDicomFile('stray.dcm', { StudyInstanceUID: '1.2.3' }));
    expect(await screen.findByText('No images of this study in these files')).toBeVisible();
    expect(screen.queryByRole('article')).toBeNull();
  });

  it('works without network where the report is kept', async () => {
    await keepReport(report);
    server.use(http.get(`${API}/reports/${ID}`, () => HttpResponse.error()));
    const onSend = show();
    await pick(makeDicomFile('a'));
    await userEvent.click(await screen.findByRole('button', { name: /^Send the study/ }));
    await vi.waitFor(() => expect(onSend).toHaveBeenCalledOnce());
  });

  it('says that it needs the network where nothing is kept', async () => {
    server.use(http.get(`${API}/reports/${ID}`, () => HttpResponse.error()));
    show();
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
    expect(screen.queryByLabelText('Choose files')).toBeNull();
  });

  it('takes nothing where nothing is asked any more', async () => {
    report.questions = [{ ...question, answered_at: '2026-01-14T13:00:00Z', answered_by: 'Jane' }];
    show();
    expect(await screen.findByText(/Nothing is asked about this study/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Send a study' })).toHaveAttribute('href', '/send');
    expect(screen.queryByLabelText('Choose files')).toBeNull();
  });

  it('says when there is no such report', async () => {
    server.use(
      http.get(`${API}/reports/${ID}`, () => problem(404, 'report-not-found', 'Not found', '')),
    );
    show();
    expect(await screen.findByText('There is no such report')).toBeVisible();
  });
});
