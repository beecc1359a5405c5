import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';

export const API = '*/api/v1';

/**
 * The gateway as the tests' network sees it; each test says what it answers. It has no single sign-on, and nothing to
 * notify of.
 */
export const server = setupServer(
  http.get(`${API}/auth/oidc`, () => HttpResponse.json({ enabled: false, name: '' })),
  http.get(`${API}/notifications`, () =>
    HttpResponse.json({ items: [], next_cursor: null, unread: 0 }),
  ),
  http.get(`${API}/notifications/stream`, () =>
    eventStream(new ReadableStream({ cancel: () => undefined })),
  ),
);

export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

export const TRACE_ID = '7f8a3d2e-1c4b-4a9f-8e3d-2f1a4b5c6d7e';

export function problem(status: number, code: string, title: string, detail: string) {
  return HttpResponse.json(
    { type: `/problems/${code}`, title, status, detail, trace_id: TRACE_ID } as JsonBodyType,
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

/**
 * Answer refreshes as the gateway does: each token once, then its successor. Returns the tokens it was given.
 *
 * The nth refresh answers `access-n` and `refresh-n`.
 */
export function rotatingTokens(first = 'refresh-0'): string[] {
  const seen: string[] = [];
  let expected = first;
  server.use(
    http.post(`${API}/auth/refresh`, async ({ request }) => {
      const { refresh_token: token } = (await request.json()) as { refresh_token: string };
      seen.push(token);
      if (token !== expected) return problem(401, 'refresh-token-reused', 'Reused', '');
      expected = `refresh-${seen.length}`;
      return HttpResponse.json({
        access_token: `access-${seen.length}`,
        refresh_token: expected,
        token_type: 'bearer',
      });
    }),
  );
  return seen;
}

/** Answer `method path` with each answer in turn, the last one again and again; return the bodies that came. */
export function answer(
  method: 'get' | 'post',
  path: string,
  ...answers: (() => Response)[]
): unknown[] {
  const bodies: unknown[] = [];
  server.use(
    http[method](`${API}${path}`, async ({ request }) => {
      const text = await request.text();
      bodies.push(text ? JSON.parse(text) : null);
      const next = answers[Math.min(bodies.length, answers.length) - 1];
      if (!next) throw new Error('no answer');
      return next();
    }),
  );
  return bodies;
}
