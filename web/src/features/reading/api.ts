import { get, ONCE, post, put, remove } from '@/shared/api/client';
import type { Answer, Body } from '@/shared/api/types';

export type Report = Answer<'/api/v1/reports/{report_id}', 'get'>;
export type Version = Report['versions'][number];
export type Draft = NonNullable<Report['draft']>;
export type Lock = NonNullable<Report['lock']>;
export type DraftSaved = Answer<'/api/v1/reports/{report_id}/draft', 'put'>;
/** What a radiologist writes. */
export type ReportText = Required<Body<'/api/v1/reports/{report_id}/draft', 'put'>>;
type Signature = Body<'/api/v1/reports/{report_id}/sign', 'post'>;
export type SignatureKind = Signature['kind'];
/** How who signs proves once more who it is. */
export type Proof = Pick<Signature, 'password' | 'single_sign_on'>;

function pathOf(reportId: string) {
  return { path: { report_id: reportId } };
}

/** What a change is made on (RFC 9110, 8.8.3). */
function tagOf(revision: number) {
  return { ifMatch: `"${revision}"` };
}

/** Writes a look into the audit trail. */
export function fetchReport(reportId: string, signal?: AbortSignal): Promise<Report> {
  return get('/api/v1/reports/{report_id}', { ...pathOf(reportId), ...(signal && { signal }) });
}

/** Open a study to read it, or keep it open. Raises ApiError `report-locked`, `report-finished`. */
export function claim(reportId: string, signal?: AbortSignal): Promise<Report> {
  const options = { ...pathOf(reportId), ...(signal && { signal }) };
  return post('/api/v1/reports/{report_id}/claim', undefined, options);
}

/** An administrator takes it from who has it open. */
export function takeOver(reportId: string): Promise<Report> {
  const options = { ...pathOf(reportId), query: { take_over: true } };
  return post('/api/v1/reports/{report_id}/claim', undefined, options);
}

export function release(reportId: string): Promise<Report> {
  return post('/api/v1/reports/{report_id}/release', undefined, pathOf(reportId));
}

export function releaseAddress(reportId: string): string {
  return `/api/v1/reports/${encodeURIComponent(reportId)}/release`;
}

export function draftAddress(reportId: string): string {
  return `/api/v1/reports/${encodeURIComponent(reportId)}/draft`;
}

/**
 * Keep what was written so far, on what is known as `revision`. Tried once: who writes tries again with what is then
 * written.
 *
 * Raises ApiError `stale-edit`, `report-locked`, `report-not-claimed`, `report-finished`.
 */
export function saveDraft(
  reportId: string,
  text: ReportText,
  revision: number,
): Promise<DraftSaved> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE };
  return put('/api/v1/reports/{report_id}/draft', text, options);
}

/** Raises as `saveDraft`, and `report-empty`, `password-wrong`, `proof-refused`, `too-many-failures`. */
export function sign(
  reportId: string,
  kind: SignatureKind,
  proof: Proof,
  revision: number,
): Promise<Report> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE, timeoutMs: SIGNING_MS };
  return post('/api/v1/reports/{report_id}/sign', { kind, ...proof }, options);
}

/** Add something to a final report. Raises as `sign`, and `report-not-final`. */
export function addAddendum(
  reportId: string,
  text: ReportText,
  proof: Proof,
  revision: number,
): Promise<Report> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE, timeoutMs: SIGNING_MS };
  return post('/api/v1/reports/{report_id}/addenda', { text, ...proof }, options);
}

/** Pages are set before a signature counts, which takes a busy gateway its time. */
const SIGNING_MS = 90_000;

/** Ask those who have sent the study. Raises as `saveDraft`. */
export function requestData(reportId: string, text: string, revision: number): Promise<Report> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE };
  return post('/api/v1/reports/{report_id}/request-data', { text }, options);
}

/** Bring a PDF that is signed in the place of the words. Raises as `saveDraft`, and `not-a-pdf`, `body-too-large`. */
export function bringPdf(reportId: string, pdf: Blob, revision: number): Promise<DraftSaved> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE, timeoutMs: UPLOAD_MS };
  return put('/api/v1/reports/{report_id}/pdf', pdf, options);
}

/** Six megabytes over a link of 0.2 Mbit/s. */
const UPLOAD_MS = 240_000;

/** Take it out again. Raises as `saveDraft`. */
export function dropPdf(reportId: string, revision: number): Promise<DraftSaved> {
  const options = { ...pathOf(reportId), ...tagOf(revision), ...ONCE };
  return remove('/api/v1/reports/{report_id}/pdf', options);
}

/** Return the id of the study that is to be read next; null where nobody waits. */
export async function fetchNext(): Promise<string | null> {
  const query = { share: 'unread', limit: 1 } as const;
  return (await get('/api/v1/reports', { query })).items[0]?.id ?? null;
}
