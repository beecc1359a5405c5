import { get, ONCE, post } from '@/shared/api/client';
import { loadHttp } from '@/shared/api/loadHttp';
import { ApiError } from '@/shared/api/problem';
import type { Answer } from '@/shared/api/types';

import type { StudyMetadata } from '../study/form';
import type { UploadView } from './types';

export type OpenedUpload = Answer<'/api/v1/upload/init', 'post'>;
export type Completed = Answer<'/api/v1/upload/{upload_id}/complete', 'post'>;

/** The gateway holds the answer to `complete` back for up to 20 s, in case delivery ends by then. */
const COMPLETE_TIMEOUT_MS = 60_000;

/** Which upload, and the token that lets its holder send to it. */
export interface Ticket {
  uploadId: string;
  token: string;
}

export interface Order {
  names: string[];
  sizes: number[];
  metadata: StudyMetadata;
  studyInstanceUid: string;
  reportId: string | null;
  chunkSize: number;
}

/** Open an upload. Needs somebody signed in; raises as `post` does. */
export function openUpload(order: Order): Promise<OpenedUpload> {
  const body = {
    file_names: order.names,
    file_sizes: order.sizes,
    metadata: order.metadata,
    chunk_size: order.chunkSize,
    study_instance_uids: [order.studyInstanceUid],
    ...(order.reportId !== null && { report_id: order.reportId }),
  };
  return post('/api/v1/upload/init', body, ONCE);
}

/** Return a new token for one's own upload. Needs somebody signed in. */
export async function renewToken(uploadId: string): Promise<string> {
  const path = { upload_id: uploadId };
  return (await post('/api/v1/upload/{upload_id}/token', undefined, { path })).session_token;
}

/** What the gateway has of an upload, asked with the upload's own token: works also while nobody is signed in. */
export async function statusOf(ticket: Ticket): Promise<UploadView> {
  return (await withToken(ticket, { method: 'GET', url: urlOf(ticket) })) as UploadView;
}

/** The same for the signed-in person, long after the upload's token has expired. */
export function viewOf(uploadId: string, signal: AbortSignal): Promise<UploadView> {
  return get('/api/v1/upload/{upload_id}', { path: { upload_id: uploadId }, signal });
}

/** Say that every chunk was sent. May be said again; `force` sends what the gateway has already. */
export async function complete(ticket: Ticket, force: boolean): Promise<Completed> {
  return (await withToken(ticket, {
    method: 'POST',
    url: `${urlOf(ticket)}/complete`,
    query: force ? { force: true } : undefined,
    timeoutMs: COMPLETE_TIMEOUT_MS,
    retries: 0,
  })) as Completed;
}

/** Cancel an upload; one that is gone counts as cancelled. */
export async function cancel(ticket: Ticket): Promise<void> {
  try {
    await withToken(ticket, { method: 'DELETE', url: urlOf(ticket) });
  } catch (error) {
    if (!(error instanceof ApiError && [404, 409, 410].includes(error.status))) throw error;
  }
}

interface Call {
  method: string;
  url: string;
  query?: object | undefined;
  timeoutMs?: number;
  retries?: number;
}

async function withToken({ token }: Ticket, call: Call): Promise<unknown> {
  const { request } = await loadHttp();
  return request({ ...call, headers: { 'X-Upload-Token': token } });
}

function urlOf({ uploadId }: Ticket): string {
  return `/api/v1/upload/${encodeURIComponent(uploadId)}`;
}
