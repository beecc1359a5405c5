import { act, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Upload } from '@/features/uploads/api';
import { session } from '@/shared/api/session';
import { makeInstance, makeUpload, makeUploadOnTheWay } from '@/test/makeUpload';
import { API, problem, server, TRACE_ID } from '@/test/server';

import { App } from './App';

const tokens = { access_token: 'access-0', refresh_token: 'refresh-0' };

function show(address: string): void {
  render(
    <MemoryRouter initialEntries={[address]}>
      <App />
    </MemoryRouter>,
  );
}

function answerUploads(uploads: Upload[]): void {
  server.use(
    http.get(`${API}/upload`, () => HttpResponse.json({ items: uploads, next_cursor: null })),
  );
}

function goOffline(offline: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(!offline);
  act(() => void window.dispatchEvent(new Event(offline ? 'offline' : 'online')));
}

beforeEach(() => {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
  );
});

describe('signing in', () => {
  beforeEach(() => session.end('none'));

  it('asks for the second factor when the account has one, and then shows the page asked for', async () => {
    const attempts: unknown[] = [];
    server.use(
      http.post(`${API}/auth/login`, async ({ request }) => {
        const attempt = (await request.json()) as { totp_code?: string };
        attempts.push(attempt);
        return HttpResponse.json(attempt.totp_code ? tokens : { totp_required: true });
      }),
    );
    answerUploads([makeUpload()]);
    const user = userEvent.setup();
    show('/uploads');
    await user.type(await screen.findByLabelText('User name'), 'jane');
    await user.type(screen.getByLabelText('Password'), 'a long password{Enter}');
    expect(await screen.findByLabelText('Code')).toHaveFocus();
    await user.keyboard('123 456{Enter}');

    expect(await screen.findByRole('link', { name: 'DOE, JANE' })).toBeInTheDocument();
    expect(await screen.findByText('Signed in as Jane Doe')).toBeInTheDocument();
    expect(attempts).toEqual([
      { username: 'jane', password: 'a long password' },
      { username: 'jane', password: 'a long password', totp_code: '123456' },
    ]);
  });

  it('says what is wrong and keeps what was typed', async () => {
    server.use(
      http.post(`${API}/auth/login`, () => problem(401, 'invalid-credentials', 'Invalid', 'No.')),
    );
    const user = userEvent.setup();
    show('/');
    await user.type(await screen.findByLabelText('User name'), 'jane');
    await user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('User name or password is wrong');
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
  });

  it('names the field that is missing', async () => {
    show('/');
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(screen.getByLabelText('User name')).toBeInvalid();
    expect(screen.getByLabelText('User name')).toHaveAccessibleDescription('Fill in this field.');
  });
});

describe('signing out', () => {
  beforeEach(() => session.begin(tokens));

  it('tells the gateway', async () => {
    const told = vi.fn();
    server.use(
      http.post(`${API}/auth/logout`, ({ request }) => {
        told(request.headers.get('Authorization'));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    answerUploads([]);
    show('/uploads');
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('User name')).toBeInTheDocument();
    expect(told).toHaveBeenCalledWith('Bearer access-0');
  });

  it('works without the gateway, and says so', async () => {
    server.use(http.post(`${API}/auth/logout`, () => HttpResponse.error()));
    answerUploads([]);
    show('/uploads');
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(
      await screen.findByText('The gateway could not be told', { exact: false }),
    ).toBeVisible();
  });
});

describe('the list of uploads', () => {
  beforeEach(() => session.begin(tokens));

  it('shows each upload in words', async () => {
    answerUploads([
      makeUploadOnTheWay({
        warnings: [{ code: 'modality-differs', detail: 'The form says MR, the files say CT.' }],
      }),
    ]);
    show('/');
    const row = (await screen.findAllByRole('row'))[1];
    if (!row) throw new Error('no row');
    expect(within(row).getByText('On the way')).toBeVisible();
    expect(row).toHaveTextContent('340 kB of 1 MB');
    expect(row).toHaveTextContent('1 warning');
    expect(row).toHaveTextContent('Routine');
  });

  it('pages by cursor', async () => {
    const [first, second] = [
      makeUpload(),
      makeUpload({ metadata: { ...makeUpload().metadata, patient_name: 'ROE^RICHARD' } }),
    ];
    server.use(
      http.get(`${API}/upload`, ({ request }) => {
        const cursor = new URL(request.url).searchParams.get('cursor');
        return cursor === first.upload_id
          ? HttpResponse.json({ items: [second], next_cursor: null })
          : HttpResponse.json({ items: [first], next_cursor: first.upload_id });
      }),
    );
    show('/uploads');
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Load more' })).not.toBeInTheDocument();
  });

  it("shows the gateway's words and trace id, and recovers", async () => {
    server.use(
      http.get(`${API}/upload`, () => problem(500, 'internal-error', 'Internal error', 'Sorry.')),
    );
    show('/uploads');
    expect(await screen.findByText('Sorry.')).toBeInTheDocument();
    expect(screen.getByText(TRACE_ID)).toBeInTheDocument();
    answerUploads([makeUpload()]);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('DOE, JANE')).toBeInTheDocument();
    expect(screen.queryByText('Sorry.')).not.toBeInTheDocument();
  });

  it('says when it is offline, and comes back by itself', async () => {
    answerUploads([makeUpload()]);
    show('/uploads');
    await screen.findByText('DOE, JANE');
    goOffline(true);
    expect(screen.getByText('You are offline.', { exact: false })).toBeInTheDocument();
    answerUploads([makeUpload({ status: 'failed', stage: 'rejected' })]);
    goOffline(false);
    expect(await screen.findByText('Rejected: no usable image')).toBeInTheDocument();
    expect(screen.queryByText('You are offline.', { exact: false })).not.toBeInTheDocument();
  });

  it('asks to sign in again when the session is over', async () => {
    server.use(
      http.get(`${API}/upload`, () => problem(401, 'invalid-token', 'No', '')),
      http.post(`${API}/auth/refresh`, () => problem(401, 'invalid-token', 'No', '')),
    );
    show('/uploads');
    expect(await screen.findByText('Your session has ended')).toBeInTheDocument();
  });
});

describe('the page of an upload', () => {
  beforeEach(() => session.begin(tokens));

  function answerUpload(upload: Upload): void {
    server.use(
      http.get(`${API}/upload/${upload.upload_id}`, () => HttpResponse.json(upload)),
      http.get(`${API}/upload/${upload.upload_id}/instances`, ({ request }) =>
        new URL(request.url).searchParams.get('cursor')
          ? HttpResponse.json({ items: [makeInstance({ member: 'LAST.dcm' })], next_cursor: null })
          : HttpResponse.json({
              items: [
                makeInstance({
                  verdict: 'rejected',
                  reason: 'It was cut off.',
                  outcome: 'waiting',
                }),
              ],
              next_cursor: 'next',
            }),
      ),
    );
  }

  it('shows the four stages, verdicts with their reasons, and more of them on request', async () => {
    const upload = makeUploadOnTheWay();
    answerUpload(upload);
    show(`/uploads/${upload.upload_id}`);
    const stages = await screen.findByRole('list', { name: 'Progress' });
    expect(within(stages).getAllByRole('listitem')).toHaveLength(4);
    expect(within(stages).getByText('340 kB of 1 MB · 34%')).toBeInTheDocument();
    expect(await screen.findByText('It was cut off.')).toBeInTheDocument();
    expect(screen.getByText('Not sent')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Download the receipt' })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('LAST.dcm')).toBeInTheDocument();
  });

  it('saves the receipt as it came', async () => {
    const upload = makeUpload({ pacs_receipt_id: 'R-1' });
    answerUpload(upload);
    server.use(
      http.get(`${API}/upload/${upload.upload_id}/receipt`, () => HttpResponse.text('{"a":1.0}')),
    );
    const saved: Blob[] = [];
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => `blob:${saved.push(blob)}`,
        revokeObjectURL: () => undefined,
      }),
    );
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      names.push(this.download);
    });
    show(`/uploads/${upload.upload_id}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Download the receipt' }));
    await waitFor(() => expect(names).toEqual([`receipt-${upload.upload_id}.json`]));
    expect(saved[0]?.size).toBe('{"a":1.0}'.length);
  });

  it('says when there is no such upload', async () => {
    server.use(http.get(`${API}/upload/gone`, () => problem(404, 'not-found', 'Not found', '')));
    show('/uploads/gone');
    expect(await screen.findByRole('heading', { name: 'There is no such upload' })).toBeVisible();
  });
});

describe('an address that leads nowhere', () => {
  it('says so', async () => {
    await session.begin(tokens);
    show('/nowhere');
    expect(await screen.findByText('There is no such page')).toBeInTheDocument();
  });
});
