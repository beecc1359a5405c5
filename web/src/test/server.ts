import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';

/** The gateway as the tests' network sees it; each test says what it answers. */
export const server = setupServer();

export const API = '*/api/v1';

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
