/** When asking again is worth while (RFC 9110, 10.2.3). */
export interface RetryAfter {
  seconds: number;
  at: Date;
}

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
  /** What is wrong with single members of the body, by the member's name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfter: RetryAfter | null;
  /** What else it says in words, by the member's name (RFC 9457, 3.2). */
  readonly facts: Readonly<Record<string, string>>;

  constructor(problem: Omit<ApiError, 'name' | 'message' | 'stack' | 'cause'>) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.traceId = problem.traceId;
    this.fields = problem.fields;
    this.retryAfter = problem.retryAfter;
    this.facts = problem.facts;
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
    fields: isRecord(body) ? fieldsOf(body.errors) : {},
    retryAfter: retryAfterOf(header('Retry-After')),
    facts: isRecord(body) ? factsOf(body) : {},
  });
}

function factsOf(body: Record<string, unknown>): Record<string, string> {
  const said = Object.entries(body).filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  );
  return Object.fromEntries(said);
}

/** Read `errors` of a validation problem: pointers such as `/body/email`, each with a sentence. */
function fieldsOf(errors: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const error of Array.isArray(errors) ? (errors as unknown[]) : []) {
    if (!isRecord(error)) continue;
    const { pointer, detail } = error;
    const name = typeof pointer === 'string' ? pointer.split('/').pop() : undefined;
    if (name && typeof detail === 'string') fields[name] ??= detail;
  }
  return fields;
}

/** The gateway always gives seconds; the date that a proxy may send instead is not worth reading. */
function retryAfterOf(value: string | null): RetryAfter | null {
  if (!value || !/^\d+$/.test(value)) return null;
  const seconds = Number(value);
  return { seconds, at: new Date(Date.now() + seconds * 1000) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
