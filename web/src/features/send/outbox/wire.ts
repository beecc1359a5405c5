import { problemFrom, UnreachableError } from '@/shared/api/problem';

import type { EncodedChunk } from './encode';

/** How long nothing may move before the connection counts as dead. A slow link that moves is never cut off. */
const STANDSTILL_MS = 30_000;
/** Where progress can't be seen: what even a very slow link carries in the time (bytes per millisecond). */
const SLOWEST_BYTES_PER_MS = 8;
const NO_CONTENT_YET = 0;

export interface ChunkAddress {
  uploadId: string;
  token: string;
  fileId: string;
  index: number;
}

/** Puts one chunk. Raises ApiError for a refusal, UnreachableError when nothing moved or the connection broke. */
export type PutChunk = (
  address: ChunkAddress,
  chunk: EncodedChunk,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
) => Promise<void>;

/** By XMLHttpRequest, which alone tells how much of a body has left. */
export const putByXhr: PutChunk = (address, chunk, onProgress, signal) =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const fail = (why: string) => () => {
      settle();
      reject(new UnreachableError(why));
    };
    const standstill = () => call.abort();
    let timer = setTimeout(standstill, STANDSTILL_MS);
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(standstill, STANDSTILL_MS);
    };
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', standstill);
    };
    call.open('PUT', urlOf(address));
    for (const [name, value] of Object.entries(headersOf(address, chunk))) {
      call.setRequestHeader(name, value);
    }
    call.upload.onprogress = (event) => {
      moved();
      onProgress(event.loaded);
    };
    call.onprogress = moved;
    call.onerror = fail('the connection broke');
    call.onabort = fail('nothing moved, or it was called off');
    call.onload = () => {
      settle();
      if (call.status === NO_CONTENT_YET) reject(new UnreachableError('no answer'));
      else if (isSuccess(call.status)) resolve();
      else {
        const header = (name: string) => call.getResponseHeader(name);
        reject(problemFrom(call.status, parsed(call.responseText), header));
      }
    };
    signal.addEventListener('abort', standstill);
    if (signal.aborted) call.abort();
    else call.send(chunk.body);
  });

/** By fetch: service workers have nothing else. */
export const putByFetch: PutChunk = async (address, chunk, onProgress, signal) => {
  const patience = STANDSTILL_MS + Math.ceil(chunk.body.size / SLOWEST_BYTES_PER_MS);
  let answer: Response;
  try {
    answer = await fetch(new URL(urlOf(address), location.origin), {
      method: 'PUT',
      headers: headersOf(address, chunk),
      body: chunk.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
  } catch (error) {
    throw new UnreachableError('the connection broke', { cause: error });
  }
  if (!answer.ok) {
    const { status, headers } = answer;
    throw problemFrom(status, parsed(await answer.text()), (name) => headers.get(name));
  }
  onProgress(chunk.body.size);
};

function urlOf({ uploadId, fileId, index }: ChunkAddress): string {
  const query = new URLSearchParams({ chunk_index: String(index), file_id: fileId });
  return `/api/v1/upload/${encodeURIComponent(uploadId)}/chunk?${query.toString()}`;
}

function headersOf({ token }: ChunkAddress, chunk: EncodedChunk): Record<string, string> {
  return {
    Accept: 'application/json',
    'Content-Type': 'application/octet-stream',
    'Content-Digest': chunk.digest,
    'X-Upload-Token': token,
    ...(chunk.isGzip && { 'Content-Encoding': 'gzip' }),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Return the JSON in a text; null for anything else, such as a proxy's HTML page. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
