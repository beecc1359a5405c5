import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { API, problem, rotatingTokens, server, TRACE_ID } from '@/test/server';

import { get, getBytes, getText, patch, post, put, remove } from './client';
import { ApiError } from './problem';
import { session } from './session';

const ID = '00000000-0000-4000-8000-000000000001';

beforeEach(() => session.begin({ access_token: 'access-0', refresh_token: 'refresh-0' }));

describe('the API client', () => {
  it('renews a refused access token and asks once more', async () => {
    const seen = rotatingTokens();
    server.use(
      http.get(`${API}/auth/me`, ({ request }) =>
        request.headers.get('Authorization') === 'Bearer access-1'
          ? HttpResponse.json({ username: 'jane' })
          : problem(401, 'invalid-token', 'Missing or invalid token', ''),
      ),
    );
    const users = await Promise.all([get('/api/v1/auth/me'), get('/api/v1/auth/me')]);
    expect(users.map((user) => user.username)).toEqual(['jane', 'jane']);
    expect(seen).toEqual(['refresh-0']);
  });

  it('hands on the problem that the gateway describes', async () => {
    server.use(
      http.get(`${API}/upload/${ID}`, () => problem(404, 'not-found', 'Not found', 'No.')),
    );
    const failure: unknown = await get('/api/v1/upload/{upload_id}', {
      path: { upload_id: ID },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'No.',
      traceId: TRACE_ID,
    });
  });

  it('reads which members were wrong, and when asking again is worth while', async () => {
    const errors = [
      { pointer: '/body/email', detail: 'not an address' },
      { pointer: '/body/email', detail: 'a second complaint' },
      'nonsense',
    ];
    server.use(
      http.patch(`${API}/auth/me`, () =>
        HttpResponse.json({ type: '/problems/x', errors }, { status: 400 }),
      ),
      http.post(`${API}/auth/password`, () =>
        HttpResponse.json({}, { status: 429, headers: { 'Retry-After': '90' } }),
      ),
    );
    await expect(patch('/api/v1/auth/me', {})).rejects.toMatchObject({
      fields: { email: 'not an address' },
      retryAfter: null,
    });
    const body = { current_password: 'a', new_password: 'b' };
    await expect(post('/api/v1/auth/password', body)).rejects.toMatchObject({
      fields: {},
      retryAfter: { seconds: 90 },
    });
  });

  it('fills the path of what it removes', async () => {
    const asked: string[] = [];
    server.use(
      http.delete(`${API}/auth/sessions`, ({ request }) => {
        const { pathname, search } = new URL(request.url);
        asked.push(pathname + search);
        return new HttpResponse(null, { status: 204 });
      }),
      http.delete(`${API}/auth/sessions/:id`, ({ params }) => {
        asked.push(String(params.id));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    await remove('/api/v1/auth/sessions', { query: { keep_current: true } });
    await remove('/api/v1/auth/sessions/{session_id}', { path: { session_id: ID } });
    expect(asked).toEqual(['/api/v1/auth/sessions?keep_current=true', ID]);
  });

  it('says on what a change is made, also with a renewed token, and what a refusal knows', async () => {
    rotatingTokens();
    const made: (string | null)[] = [];
    server.use(
      http.put(`${API}/reports/${ID}/draft`, ({ request }) => {
        made.push(request.headers.get('If-Match'));
        if (made.length === 1) return problem(401, 'invalid-token', 'No', '');
        return HttpResponse.json(
          { type: '/problems/report-locked', title: 'Locked', detail: '', locked_by: 'Dr. Ray' },
          { status: 409 },
        );
      }),
    );
    const text = { findings: 'x', impression: '', recommendation: '', is_critical: false };
    const options = { path: { report_id: ID }, ifMatch: '"7"' };
    await expect(put('/api/v1/reports/{report_id}/draft', text, options)).rejects.toMatchObject({
      code: 'report-locked',
      facts: { locked_by: 'Dr. Ray' },
    });
    expect(made).toEqual(['"7"', '"7"']);
  });

  it("makes a problem of a proxy's own error page", async () => {
    server.use(
      http.get(`${API}/auth/me`, () => HttpResponse.html('<h1>Bad gateway</h1>', { status: 502 })),
    );
    await expect(get('/api/v1/auth/me')).rejects.toMatchObject({
      status: 502,
      code: '',
      detail: '',
    });
  });

  it('asks again while the gateway is unavailable', async () => {
    let asked = 0;
    server.use(
      http.get(`${API}/auth/me`, () =>
        ++asked < 3
          ? problem(503, 'database-unavailable', 'Unavailable', '')
          : HttpResponse.json({ username: 'jane' }),
      ),
    );
    expect(await get('/api/v1/auth/me')).toEqual({ username: 'jane' });
    expect(asked).toBe(3);
  });

  it('does not touch a signed document', async () => {
    const document = '{"receipt": {"seconds": 1.0},\n "signature": "x"}';
    server.use(http.get(`${API}/upload/${ID}/receipt`, () => HttpResponse.text(document)));
    expect(await getText('/api/v1/upload/{upload_id}/receipt', { path: { upload_id: ID } })).toBe(
      document,
    );
  });

  it('hands on the bytes of a page, or the problem in their place', async () => {
    const path = { path: { report_id: ID } };
    server.use(http.get(`${API}/reports/${ID}/pdf`, () => new HttpResponse('%PDF')));
    const bytes = await getBytes('/api/v1/reports/{report_id}/pdf', path);
    expect(new TextDecoder().decode(bytes)).toBe('%PDF');
    server.use(
      http.get(`${API}/reports/${ID}/pdf`, () => problem(404, 'report-pdf-not-ready', 'No', '')),
    );
    await expect(getBytes('/api/v1/reports/{report_id}/pdf', path)).rejects.toMatchObject({
      code: 'report-pdf-not-ready',
    });
  });

  it('understands a problem in answer to a request for a document', async () => {
    server.use(
      http.get(`${API}/upload/${ID}/receipt`, () =>
        problem(404, 'receipt-not-ready', 'No', 'Soon.'),
      ),
    );
    await expect(
      getText('/api/v1/upload/{upload_id}/receipt', { path: { upload_id: ID } }),
    ).rejects.toMatchObject({ code: 'receipt-not-ready', detail: 'Soon.' });
  });
});
