import { loadHttp } from './loadHttp';
import { ApiError } from './problem';
import { session } from './session';
import type { Answer, Body, Operation, PathParameters, PathWith, QueryParameters } from './types';

interface Options<O> {
  path?: PathParameters<O>;
  query?: QueryParameters<O>;
  signal?: AbortSignal;
}

interface Attempt {
  timeoutMs?: number;
  retries?: number;
}

/** For what must not be sent twice because it works once: a link's token, a code. */
export const ONCE: Attempt = { retries: 0 };

/** GET as the signed-in person. Raises ApiError, UnreachableError or SessionEndedError. */
export function get<P extends PathWith<'get'>>(
  path: P,
  options: Options<Operation<P, 'get'>> = {},
): Promise<Answer<P, 'get'>> {
  return authorized({
    method: 'GET',
    url: filled(path, options.path),
    query: options.query as object | undefined,
    signal: options.signal,
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
  { path: parameters, query, ...attempt }: Attempt & Options<Operation<P, 'post'>> = {},
): Promise<Answer<P, 'post'>> {
  const call = { url: filled(path, parameters), query: query as object | undefined, body };
  return authorized({ method: 'POST', ...call, ...attempt }) as Promise<Answer<P, 'post'>>;
}

/** PATCH as the signed-in person. Raises as `get`. */
export function patch<P extends PathWith<'patch'>>(
  path: P,
  body: Body<P, 'patch'>,
): Promise<Answer<P, 'patch'>> {
  return authorized({ method: 'PATCH', url: path, body }) as Promise<Answer<P, 'patch'>>;
}

/** DELETE as the signed-in person. Raises as `get`. */
export async function remove<P extends PathWith<'delete'>>(
  path: P,
  options: Omit<Options<Operation<P, 'delete'>>, 'signal'> = {},
): Promise<void> {
  await authorized({
    method: 'DELETE',
    url: filled(path, options.path),
    query: options.query as object | undefined,
  });
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

async function authorized(call: AuthorizedCall): Promise<unknown> {
  const { request } = await loadHttp();
  const token = await session.accessToken();
  try {
    return await request({ ...call, bearer: token });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    return request({ ...call, bearer: await session.renew(token) });
  }
}

function filled(template: string, values: unknown): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, string> | undefined)?.[name])),
  );
}
