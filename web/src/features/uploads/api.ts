import { get, getBlob, getText, ONCE, post } from '@/shared/api/client';
import type { Answer, Body, Operation, QueryParameters } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

type View = Answer<'/api/v1/upload/{upload_id}', 'get'>;

/** The server's description leaves open what it stored as JSON; it is what the form of the study gave. */
export type Upload = Omit<View, 'metadata'> & {
  metadata: Body<'/api/v1/upload/init', 'post'>['metadata'];
};
export type Held = NonNullable<Upload['held']>;
type FullDecision = Body<'/api/v1/upload/{upload_id}/decision', 'post'>;
/** What is dropped is said only where something is. */
export type Decision = Pick<FullDecision, 'action'> & Partial<FullDecision>;
export type UploadFile = Upload['files'][number];
export type UploadStatus = Upload['status'];

import type { ReportRow } from '@/shared/reports/report';
export type { Question, Report, ReportRow } from '@/shared/reports/report';
type Acknowledgement = Body<'/api/v1/reports/{report_id}/acknowledge', 'post'>;
/** How somebody has learnt of a critical result. */
export type Way = Acknowledgement['how'];

export type ReportQuery = NonNullable<QueryParameters<Operation<'/api/v1/reports', 'get'>>>;

export type InstancePage = Answer<'/api/v1/upload/{upload_id}/instances', 'get'>;
export type Instance = InstancePage['items'][number];

export interface UploadPage {
  items: Upload[];
  next_cursor?: string | null;
}

/** How a list is narrowed, without anything that says who the patient is. */
export type ListQuery = NonNullable<QueryParameters<Operation<'/api/v1/upload', 'get'>>>;

/**
 * One page of the uploads that the signed-in person may see, newest first.
 *
 * `words` are those that a patient's name or identifiers begin with; empty: any. They travel in a body, since addresses
 * are logged everywhere. Asking again changes nothing, so it is repeated like a GET.
 */
export async function fetchUploads(
  query: ListQuery,
  words: string,
  signal: AbortSignal,
): Promise<UploadPage> {
  if (!words) return (await get('/api/v1/upload', { query, signal })) as UploadPage;
  const body = { ...NOT_NARROWED, ...query, q: words };
  return (await post('/api/v1/upload/search', body, { signal })) as UploadPage;
}

const NOT_NARROWED = {
  status: [],
  stage: [],
  service_level: [],
  modality: [],
  mine: false,
  limit: 50,
};

export async function fetchUpload(uploadId: string, signal: AbortSignal): Promise<Upload> {
  return (await get('/api/v1/upload/{upload_id}', {
    path: { upload_id: uploadId },
    signal,
  })) as Upload;
}

export function fetchInstances(
  uploadId: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<InstancePage> {
  return get('/api/v1/upload/{upload_id}/instances', {
    path: { upload_id: uploadId },
    query: { limit: INSTANCES_PER_PAGE, ...(cursor !== null && { cursor }) },
    signal,
  });
}

/** Say what becomes of a held upload; return it as it is then. */
export async function decide(uploadId: string, decision: Decision): Promise<Upload> {
  const whole = { patients: [], instances: [], ...decision };
  return (await post('/api/v1/upload/{upload_id}/decision', whole, {
    path: { upload_id: uploadId },
    ...ONCE,
  })) as Upload;
}

const INSTANCES_PER_PAGE = 100;

/** The signed custody receipt (JSON), byte for byte: parsing and writing it anew could break the signature. */
export function fetchReceipt(uploadId: string): Promise<string> {
  return getText('/api/v1/upload/{upload_id}/receipt', { path: { upload_id: uploadId } });
}

/** The same receipt as one page (PDF). */
export function fetchReceiptPage(uploadId: string): Promise<Blob> {
  return getBlob('/api/v1/upload/{upload_id}/receipt', {
    path: { upload_id: uploadId },
    query: { format: 'pdf' },
  });
}

/** One page of the reports that the signed-in person may see, newest first for who has sent studies. */
export function fetchReports(
  query: ReportQuery,
  signal: AbortSignal,
): Promise<ListPage<ReportRow>> {
  return get('/api/v1/reports', { query, signal });
}

/** Say that the person knows of the critical result; once more changes nothing. */
export async function acknowledge(reportId: string, how: Way): Promise<void> {
  const path = { report_id: reportId };
  await post('/api/v1/reports/{report_id}/acknowledge', { how }, { path });
}

/** Answer what the radiologist asks. Raises ApiError `nothing-asked` when somebody else has answered. */
export async function answerQuestions(reportId: string, text: string): Promise<void> {
  const path = { report_id: reportId };
  await post('/api/v1/reports/{report_id}/provide-data', { text }, { path, ...ONCE });
}
