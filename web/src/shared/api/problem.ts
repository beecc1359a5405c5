/** What the gateway said when it refused: a problem document (RFC 9457). */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  readonly status: number;
  /** Stable name of the error: the last part of the problem's `type`. Match on this, never on text. */
  readonly code: string;
  readonly title: string;
  /** A sentence for the person who has to act; empty when the answer was not a problem document. */
  readonly detail: string;
  /** Finds the request in the gateway's log. */
  readonly traceId: string | null;

  constructor(problem: Pick<ApiError, 'status' | 'code' | 'title' | 'detail' | 'traceId'>) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.traceId = problem.traceId;
  }
}

/** No answer came: no network, a broken connection, or a time limit. The request may still have arrived. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The session is over and only a new sign-in helps; the sign-in page is already on its way. */
export class SessionEndedError extends Error {
  override readonly name = 'SessionEndedError';
}

/** Build the error for an answer, which a proxy in between may have written instead of the gateway. */
export function problemFrom(
  status: number,
  body: unknown,
  header: (name: string) => string | null,
): ApiError {
  const member = (name: string): string => {
    const value: unknown = isRecord(body) ? body[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return new ApiError({
    status,
    code: member('type').split('/').pop() ?? '',
    title: member('title'),
    detail: member('detail'),
    traceId: member('trace_id') || header('X-Trace-Id'),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
