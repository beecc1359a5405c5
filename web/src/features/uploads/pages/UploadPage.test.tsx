import { act, cleanup, screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { recall } from '@/shared/kept/kept';
import { KEPT_PDF } from '@/shared/reports/pdf';
import { KEPT_REPORT } from '@/shared/reports/report';
import { makeTokens } from '@/test/makeTokens';
import { makeInstance, makeUpload } from '@/test/makeUpload';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { Report } from '../api';
import { KEPT_INSTANCES, KEPT_UPLOAD } from '../history';

const REPORT = '00000000-0000-4000-8000-00000000abcd';
const upload = makeUpload({ report_id: REPORT });
const report: Report = {
  id: REPORT,
  status: 'ready',
  pdf_url: `/api/v1/reports/${REPORT}/pdf`,
  updated_at: '2026-01-14T12:00:00Z',
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

function answerUpload(): void {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
    http.get(`${API}/upload/${upload.upload_id}`, () => HttpResponse.json(upload)),
    http.get(`${API}/upload/${upload.upload_id}/instances`, () =>
      HttpResponse.json({ items: [makeInstance({ member: 'FIRST.dcm' })], next_cursor: null }),
    ),
  );
}

function answerReport(changes: Partial<Report> = {}): void {
  server.use(
    http.get(`${API}/reports/${REPORT}`, () => HttpResponse.json({ ...report, ...changes })),
  );
}

/** Answer with a PDF; returns how often it was asked for. */
function answerPdf(): () => number {
  let times = 0;
  server.use(
    http.get(`${API}/reports/${REPORT}/pdf`, () => {
      times += 1;
      return new HttpResponse('%PDF-1.7', { headers: { 'Content-Type': 'application/pdf' } });
    }),
  );
  return () => times;
}

async function untilKept(kind: string, id: string): Promise<void> {
  await vi.waitFor(async () => expect(await recall(kind, id)).not.toBeNull());
}

/** Close the page and open it again, without network. */
async function openOffline(): Promise<void> {
  cleanup();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  server.use(http.all(`${API}/*`, () => HttpResponse.error()));
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  act(() => void window.dispatchEvent(new Event('offline')));
  await session.restore();
  showApp(`/uploads/${upload.upload_id}`);
}

afterEach(sendingNowhere);

beforeEach(async () => {
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-jane'))));
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: () => 'blob:report', revokeObjectURL: () => undefined }),
  );
  answerUpload();
  await session.begin(makeTokens('user-jane'));
});

describe('the report of an upload', () => {
  it.each([
    ['assigned', 'Waiting for a radiologist'],
    ['pending', 'Being read'],
    ['additional_data_required', 'The radiologist asks for more'],
  ] as const)('that is %s says so', async (status, words) => {
    answerReport({ status, pdf_url: null });
    showApp(`/uploads/${upload.upload_id}`);
    expect(await screen.findByText(words)).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Open the report (PDF)' })).not.toBeInTheDocument();
  });

  it('can be opened and saved once it is ready', async () => {
    answerReport();
    answerPdf();
    showApp(`/uploads/${upload.upload_id}`);
    const open = await screen.findByRole('link', { name: 'Open the report (PDF)' });
    expect(open).toHaveAttribute('href', 'blob:report');
    expect(screen.getByRole('link', { name: 'Download' })).toHaveAttribute(
      'download',
      `report-${REPORT}.pdf`,
    );
  });

  it('is ready without a PDF, too', async () => {
    answerReport();
    server.use(
      http.get(`${API}/reports/${REPORT}/pdf`, () =>
        problem(404, 'report-pdf-not-ready', 'Not ready', ''),
      ),
    );
    showApp(`/uploads/${upload.upload_id}`);
    expect(await screen.findByText('There is no PDF of this report.')).toBeInTheDocument();
  });

  it('opens without network, with the upload and its images', async () => {
    answerReport();
    answerPdf();
    showApp(`/uploads/${upload.upload_id}`);
    await screen.findByRole('link', { name: 'Open the report (PDF)' });
    await screen.findByText('FIRST.dcm');
    await untilKept(KEPT_PDF, REPORT);
    await untilKept(KEPT_REPORT, REPORT);
    await untilKept(KEPT_INSTANCES, upload.upload_id);
    await untilKept(KEPT_UPLOAD, upload.upload_id);
    await openOffline();
    expect(await screen.findByRole('link', { name: 'Open the report (PDF)' })).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'DOE, JANE' })).toBeInTheDocument();
    expect(await screen.findByText('FIRST.dcm')).toBeInTheDocument();
    expect(screen.getByText(/^As of /)).toBeInTheDocument();
  });

  it('is fetched again only when it has changed', async () => {
    answerReport();
    const asked = answerPdf();
    showApp(`/uploads/${upload.upload_id}`);
    await screen.findByRole('link', { name: 'Open the report (PDF)' });
    await untilKept(KEPT_PDF, REPORT);
    cleanup();
    showApp(`/uploads/${upload.upload_id}`);
    await screen.findByRole('link', { name: 'Open the report (PDF)' });
    expect(asked()).toBe(1);
    cleanup();
    answerReport({ updated_at: '2026-01-15T08:00:00Z' });
    showApp(`/uploads/${upload.upload_id}`);
    await vi.waitFor(() => expect(asked()).toBe(2));
  });
});
