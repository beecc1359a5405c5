import { problemFrom, UnreachableError } from './problem';
import { session } from './session';

/** What came is handed to the browser in pieces of this size, which it may keep on the disk. */
const PIECE = 4 * 1024 * 1024;

interface Download {
  /** A path of the API. */
  path: string;
  query: Record<string, string>;
  /** Told how much has come. */
  onBytes: (bytes: number) => void;
  signal: AbortSignal;
}

export interface DownloadedFile {
  content: Blob;
  /** As the gateway calls it; null where it does not say. */
  name: string | null;
}

/**
 * Download a file of any length as the signed-in person, for as long as something comes.
 *
 * Raises ApiError, UnreachableError (also where it broke off: half a file is none) or SessionEndedError.
 */
export async function download(wanted: Download): Promise<DownloadedFile> {
  const token = await session.accessToken();
  let response = await ask(wanted, token);
  if (response.status === 401) response = await ask(wanted, await session.renew(token));
  if (!response.ok || !response.body) {
    const { status, headers } = response;
    throw problemFrom(status, await json(response), (name) => headers.get(name));
  }
  return { content: await gathered(response.body, wanted.onBytes), name: nameIn(response.headers) };
}

async function ask({ path, query, signal }: Download, token: string): Promise<Response> {
  const url = new URL(path, window.location.origin);
  url.search = new URLSearchParams(query).toString();
  try {
    return await fetch(url, { headers: { Authorization: `Bearer ${token}` }, signal });
  } catch (error) {
    throw new UnreachableError('no answer', { cause: error });
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null; // a proxy's page
  }
}

async function gathered(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  const blobs: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let total = 0;
  try {
    const reader = body.getReader();
    for (;;) {
      const { value } = await reader.read();
      if (!value) return new Blob([...blobs, ...parts]);
      parts.push(value);
      waiting += value.length;
      total += value.length;
      onBytes(total);
      if (waiting >= PIECE) {
        blobs.push(new Blob(parts));
        parts = [];
        waiting = 0;
      }
    }
  } catch (error) {
    throw new UnreachableError('the download broke off', { cause: error });
  }
}

function nameIn(headers: Headers): string | null {
  return /filename="([\w.-]+)"/.exec(headers.get('Content-Disposition') ?? '')?.[1] ?? null;
}
