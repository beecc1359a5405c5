import { loadHttp } from './loadHttp';
import { ApiError } from './problem';
import { session } from './session';
import type { Answer, Body, Operation, PathParameters, PathWith, QueryParameters } from './types';

interface Options<O> {
  path?: PathParameters<O>;
  query?: QueryParameters<O>;
  signal?: AbortSignal;
}

/** How long to wait for an answer, and how often to ask again where none comes. */
interface Patience {
  timeoutMs?: number;
  retries?: number;
}

interface Attempt extends Patience {
  /** The ETag of what a change is made on; a stale one is refused (`stale-edit`). */
  ifMatch?: string;
}

/** For what must not be sent twice because it works once: a link's token, a code. */
export const ONCE: Attempt = { retries: 0 };

/** GET as the signed-in person. Raises ApiError, UnreachableError or SessionEndedError. */
export function get<P extends PathWith<'get'>>(
  path: P,
  { path: parameters, query, signal, ...attempt }: Patience & Options<Operation<P, 'get'>> = {},
): Promise<Answer<P, 'get'>> {
  return authorized({
    method: 'GET',
    url: filled(path, parameters),
    query: query as object | undefined,
    signal,
    ...attempt,
  }) as Promise<Answer<P, 'get'>>;
}

/** GET the body as it came, for a document that must not change by a byte. Raises as `get`. */
export function getText<P extends PathWith<'get'>>(
  path: P,
  options: Options<Operation<P, 'get'>> = {},
): Promise<string> {
  return authorized({
    method: 'GET',
    url: filled(path, options.path),
    signal: options.signal,
    as: 'text',
  }) as Promise<string>;
}

/** GET the body as a file, such as a page in PDF. Raises as `get`. */
export function getBlob<P extends PathWith<'get'>>(
  path: P,
  options: Options<Operation<P, 'get'>> = {},
): Promise<Blob> {
  return authorized({
    method: 'GET',
    url: filled(path, options.path),
    query: options.query as object | undefined,
    signal: options.signal,
    as: 'blob',
  }) as Promise<Blob>;
}

/** GET the body as bytes, to be kept. Raises as `get`. */
export function getBytes<P extends PathWith<'get'>>(
  path: P,
  options: Options<Operation<P, 'get'>> = {},
): Promise<ArrayBuffer> {
  return authorized({
    method: 'GET',
    url: filled(path, options.path),
    query: options.query as object | undefined,
    signal: options.signal,
    as: 'arraybuffer',
  }) as Promise<ArrayBuffer>;
}

/** POST as the signed-in person. Raises as `get`. */
export function post<P extends PathWith<'post'>>(
  path: P,
  body: Body<P, 'post'> | undefined,
  options: Attempt & Options<Operation<P, 'post'>> = {},
): Promise<Answer<P, 'post'>> {
  return sent('POST', path, body, options) as Promise<Answer<P, 'post'>>;
}

/** PUT as the signed-in person: JSON, or a file as it is. Raises as `get`. */
export function put<P extends PathWith<'put'>>(
  path: P,
  body: Body<P, 'put'> | Blob,
  options: Attempt & Options<Operation<P, 'put'>> = {},
): Promise<Answer<P, 'put'>> {
  return sent('PUT', path, body, options) as Promise<Answer<P, 'put'>>;
}

/** PATCH as the signed-in person. Raises as `get`. */
export function patch<P extends PathWith<'patch'>>(
  path: P,
  body: Body<P, 'patch'>,
  options: Attempt & Options<Operation<P, 'patch'>> = {},
): Promise<Answer<P, 'patch'>> {
  return sent('PATCH', path, body, options) as Promise<Answer<P, 'patch'>>;
}

/** DELETE as the signed-in person. Raises as `get`. */
export function remove<P extends PathWith<'delete'>>(
  path: P,
  options: Attempt & Options<Operation<P, 'delete'>> = {},
): Promise<Answer<P, 'delete'>> {
  return sent('DELETE', path, undefined, options) as Promise<Answer<P, 'delete'>>;
}

/** What changes something: the same for every method. */
function sent(
  method: string,
  path: string,
  body: unknown,
  { path: parameters, query, ...attempt }: Attempt & AnyOptions,
): Promise<unknown> {
  const url = filled(path, parameters);
  return authorized({ method, url, query: query as object | undefined, body, ...attempt });
}

interface AnyOptions {
  path?: unknown;
  query?: unknown;
  signal?: AbortSignal;
}

/** POST as nobody: for signing in. Raises ApiError or UnreachableError. */
export async function postAnonymously<P extends PathWith<'post'>>(
  path: P,
  body: Body<P, 'post'>,
  attempt: Attempt & { signal?: AbortSignal } = {},
): Promise<Answer<P, 'post'>> {
  const { request } = await loadHttp();
  return (await request({ method: 'POST', url: path, body, ...attempt })) as Answer<P, 'post'>;
}

interface AuthorizedCall extends Attempt {
  method: string;
  url: string;
  query?: object | undefined;
  body?: unknown;
  as?: 'text' | 'blob' | 'arraybuffer';
  signal?: AbortSignal | undefined;
}

async function authorized({ ifMatch, ...call }: AuthorizedCall): Promise<unknown> {
  const { request } = await loadHttp();
  const headers = ifMatch === undefined ? {} : { 'If-Match': ifMatch };
  const token = await session.accessToken();
  try {
    return await request({ ...call, headers, bearer: token });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    return request({ ...call, headers, bearer: await session.renew(token) });
  }
}

function filled(template: string, values: unknown): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, string> | undefined)?.[name])),
  );
}
