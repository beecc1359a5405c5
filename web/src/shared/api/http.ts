import axios, { isAxiosError, type AxiosRequestConfig } from 'axios';
import axiosRetry, { exponentialDelay, isNetworkError } from 'axios-retry';

import { problemFrom, UnreachableError } from './problem';

const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/** A list in a query is its name again and again, as the server reads it. */
const http = axios.create({ timeout: TIMEOUT_MS, paramsSerializer: { indexes: null } });

axiosRetry(http, {
  retries: RETRIES,
  retryDelay: exponentialDelay,
  retryCondition: (error) => isNetworkError(error) || error.response?.status === 503,
});

export interface HttpRequest {
  method: string;
  url: string;
  query?: object | undefined;
  body?: unknown;
  bearer?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Return the body as it came instead of parsing it: for documents that are signed, and for pages. */
  as?: 'text' | 'blob' | 'arraybuffer';
  timeoutMs?: number;
  retries?: number;
}

/**
 * Send one request and return the body: parsed JSON unless it is asked for as it came.
 *
 * Raises ApiError for a refusal and UnreachableError when no answer came. An aborted request raises
 * UnreachableError too; who aborted knows it from its own signal.
 */
export async function request(call: HttpRequest): Promise<unknown> {
  const config: AxiosRequestConfig = {
    method: call.method,
    url: call.url,
    params: call.query,
    data: call.body,
    headers: {
      Accept: 'application/json',
      ...(call.bearer !== undefined && { Authorization: `Bearer ${call.bearer}` }),
      ...call.headers,
    },
    timeout: call.timeoutMs ?? TIMEOUT_MS,
    'axios-retry': { retries: call.retries ?? RETRIES },
    ...(call.as && { responseType: call.as }),
    ...(call.signal && { signal: call.signal }),
  };
  try {
    return (await http.request<unknown>(config)).data;
  } catch (error) {
    throw await translated(error);
  }
}

async function translated(error: unknown): Promise<unknown> {
  if (axios.isCancel(error)) return new UnreachableError('aborted', { cause: error });
  if (!isAxiosError(error)) return error;
  if (!error.response) return new UnreachableError(error.message, { cause: error });
  const { status, headers } = error.response;
  const body: unknown = error.response.data;
  const data = await textOf(body);
  return problemFrom(status, typeof data === 'string' ? parsed(data) : data, (name) => {
    const value: unknown = headers[name.toLowerCase()];
    return typeof value === 'string' ? value : null;
  });
}

/** Return the text of a body that was asked for as bytes, and any other as it is. */
async function textOf(body: unknown): Promise<unknown> {
  if (body instanceof Blob) return body.text();
  return body instanceof ArrayBuffer ? new TextDecoder().decode(body) : body;
}

/** Return the JSON in a text; null for anything else, such as a proxy's HTML page. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
