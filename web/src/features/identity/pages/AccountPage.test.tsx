import { render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { API, problem, server } from '@/test/server';

import type { CurrentUser, SignIn } from '../api';
import AccountMenu from '../components/AccountMenu';
import AccountPage from './AccountPage';

const GOOD = 'twelve quiet llamas 41 knit';

const jane: CurrentUser = {
  id: '00000000-0000-4000-8000-000000000001',
  username: 'jane',
  role: 'clinician',
  created_at: '2026-01-14T09:30:00Z',
  email: 'jane@example.org',
  full_name: 'Jane Doe',
  site_id: '00000000-0000-4000-8000-000000000002',
  totp_enabled: false,
};

function makeSession(changes: Partial<SignIn> = {}): SignIn {
  return {
    id: '00000000-0000-4000-8000-00000000000a',
    created_at: '2026-01-14T09:30:00Z',
    last_used_at: '2026-01-14T09:30:00Z',
    expires_at: '2026-01-21T09:30:00Z',
    address: '192.0.2.1',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    is_current: true,
    ...changes,
  };
}

const elsewhere = makeSession({
  id: '00000000-0000-4000-8000-00000000000b',
  user_agent: 'relaypacs-upload',
  is_current: false,
});

/** Show the account, with the menu beside it, of somebody who has these sessions. */
function show(user: CurrentUser = jane, sessions: SignIn[] = [makeSession()]): void {
  server.use(
    http.get(`${API}/auth/me`, () => HttpResponse.json(user)),
    http.get(`${API}/auth/sessions`, () => HttpResponse.json({ items: sessions })),
  );
  render(
    <MemoryRouter>
      <AccountMenu />
      <AccountPage />
    </MemoryRouter>,
  );
}

async function section(name: string) {
  return within(await screen.findByRole('region', { name }));
}

const done = () => new HttpResponse(null, { status: 204 });

beforeEach(() => session.begin({ access_token: 'access-0', refresh_token: 'refresh-0' }));

describe('the profile', () => {
  it('is saved, and the menu shows it', async () => {
    const sent: unknown[] = [];
    server.use(
      http.patch(`${API}/auth/me`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ ...jane, full_name: 'Jane Roe' });
      }),
    );
    show();
    const profile = await section('Profile');
    await userEvent.clear(profile.getByLabelText('Full name'));
    await userEvent.type(profile.getByLabelText('Full name'), 'Jane Roe{Enter}');
    expect(await profile.findByText('Saved.')).toBeInTheDocument();
    expect(screen.getByText('Signed in as Jane Roe')).toBeInTheDocument();
    expect(sent).toEqual([{ full_name: 'Jane Roe', email: 'jane@example.org' }]);
  });

  it('can be loaded again when that failed', async () => {
    show();
    server.use(
      http.get(`${API}/auth/me`, () => problem(500, 'internal-error', 'Internal error', 'Sorry.')),
    );
    expect(await screen.findByText('Sorry.')).toBeInTheDocument();
    server.use(http.get(`${API}/auth/me`, () => HttpResponse.json(jane)));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await section('Profile')).toBeTruthy();
  });
});

describe('the password', () => {
  it('is changed, and the list of sessions follows', async () => {
    let listed = 0;
    const sent: unknown[] = [];
    show();
    server.use(
      http.get(`${API}/auth/sessions`, () => {
        listed += 1;
        return HttpResponse.json({ items: [makeSession()] });
      }),
      http.post(`${API}/auth/password`, async ({ request }) => {
        sent.push(await request.json());
        return done();
      }),
    );
    const password = await section('Password');
    await userEvent.type(password.getByLabelText('Present password'), 'the old one');
    await userEvent.type(password.getByLabelText('New password'), GOOD);
    expect(await password.findByText('Very good')).toBeInTheDocument();
    await userEvent.keyboard('{Enter}');
    expect(await password.findByText(/Your password is changed/)).toBeInTheDocument();
    expect(password.getByLabelText('New password')).toHaveValue('');
    expect(sent).toEqual([{ current_password: 'the old one', new_password: GOOD }]);
    await waitFor(() => expect(listed).toBe(2));
  });

  it('says which of the two is wrong', async () => {
    server.use(
      http.post(`${API}/auth/password`, () =>
        problem(422, 'password-wrong', 'Wrong', 'It is wrong.'),
      ),
    );
    show();
    const password = await section('Password');
    await userEvent.type(password.getByLabelText('Present password'), 'a guess');
    await userEvent.type(password.getByLabelText('New password'), `${GOOD}{Enter}`);
    expect(await password.findByText('It is wrong.')).toBeInTheDocument();
    expect(password.getByLabelText('Present password')).toHaveFocus();
  });

  it('can be looked at', async () => {
    show();
    const password = await section('Password');
    const field = password.getByLabelText('Present password');
    const [eye] = password.getAllByRole('button', { name: 'Show the password' });
    if (!eye) throw new Error('no button');
    expect(field).toHaveAttribute('type', 'password');
    await userEvent.click(eye);
    expect(field).toHaveAttribute('type', 'text');
    expect(eye).toHaveAttribute('aria-pressed', 'true');
  });
});

describe('the second factor', () => {
  const setup = { secret: 'ABCDEFGHIJKLMNOP', otpauth_uri: 'otpauth://totp/x', qr_code: 'AAAA' };

  it('is turned on with a code, and shows the recovery codes once', async () => {
    server.use(
      http.post(`${API}/auth/2fa/setup`, () => HttpResponse.json(setup)),
      http.post(`${API}/auth/2fa/enable`, async ({ request }) => {
        const { code } = (await request.json()) as { code: string };
        return code === '123456'
          ? HttpResponse.json({ recovery_codes: ['AAAA-BBBB', 'CCCC-DDDD'] })
          : problem(422, 'code-wrong', 'Code wrong', 'The code is wrong.');
      }),
    );
    const user = userEvent.setup();
    show();
    const factor = await section('Second factor');
    await user.click(factor.getByRole('button', { name: 'Set up' }));
    expect(await factor.findByText('ABCD EFGH IJKL MNOP')).toBeInTheDocument();
    expect(factor.getByRole('img')).toHaveAttribute('src', 'data:image/png;base64,AAAA');
    await user.click(factor.getByRole('button', { name: 'Copy the secret' }));
    expect(await navigator.clipboard.readText()).toBe('ABCDEFGHIJKLMNOP');
    await user.type(factor.getByLabelText('Code'), '000000{Enter}');
    expect(await factor.findByText('The code is wrong.')).toBeInTheDocument();
    await user.clear(factor.getByLabelText('Code'));
    await user.type(factor.getByLabelText('Code'), '123 456{Enter}');
    expect(await factor.findByText('CCCC-DDDD')).toBeInTheDocument();
    expect(factor.getByText('On')).toBeInTheDocument();
    expect(factor.getByRole('heading', { name: 'Keep these recovery codes' })).toHaveFocus();
    await user.click(factor.getByRole('button', { name: 'I have kept them' }));
    expect(factor.queryByText('CCCC-DDDD')).not.toBeInTheDocument();
  });

  it('saves the recovery codes as a text', async () => {
    server.use(
      http.post(`${API}/auth/2fa/setup`, () => HttpResponse.json(setup)),
      http.post(`${API}/auth/2fa/enable`, () =>
        HttpResponse.json({ recovery_codes: ['AAAA-BBBB'] }),
      ),
    );
    const saved: Blob[] = [];
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => `blob:${saved.push(blob)}`,
        revokeObjectURL: () => undefined,
      }),
    );
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    show();
    const factor = await section('Second factor');
    await userEvent.click(factor.getByRole('button', { name: 'Set up' }));
    await userEvent.type(await factor.findByLabelText('Code'), '123456{Enter}');
    await userEvent.click(await factor.findByRole('button', { name: 'Save as a file' }));
    expect(await saved[0]?.text()).toContain('of jane. Each works once.\r\n\r\nAAAA-BBBB');
  });

  it('is turned off with password and code', async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(`${API}/auth/2fa/disable`, async ({ request }) => {
        sent.push(await request.json());
        return done();
      }),
    );
    show({ ...jane, totp_enabled: true });
    const factor = await section('Second factor');
    await userEvent.click(factor.getByRole('button', { name: 'Turn off' }));
    await userEvent.type(factor.getByLabelText('Password'), 'the password');
    await userEvent.type(factor.getByLabelText('Code'), '123456{Enter}');
    expect(await factor.findByText('Off')).toBeInTheDocument();
    expect(sent).toEqual([{ password: 'the password', code: '123456' }]);
  });

  it('says what stands in the way of setting it up', async () => {
    server.use(
      http.post(`${API}/auth/2fa/setup`, () => problem(409, 'second-factor-on', 'On', 'It is on.')),
    );
    show();
    const factor = await section('Second factor');
    await userEvent.click(factor.getByRole('button', { name: 'Set up' }));
    expect(await factor.findByRole('alert')).toHaveTextContent('It is on.');
  });
});

describe('the sessions', () => {
  it('are shown in plain words; this one cannot be ended here', async () => {
    show(jane, [makeSession(), elsewhere]);
    const sessions = await section('Where you are signed in');
    const [here, there] = await sessions.findAllByRole('listitem');
    expect(here).toHaveTextContent('Firefox on LinuxThis device');
    expect(here).toHaveTextContent('From 192.0.2.1');
    expect(there).toHaveTextContent('relaypacs upload');
    expect(sessions.getAllByRole('button', { name: /^End/ })).toHaveLength(1);
  });

  it('are ended one by one; one that is over already is as good', async () => {
    const ended: unknown[] = [];
    server.use(
      http.delete(`${API}/auth/sessions/:id`, ({ params }) => {
        ended.push(params.id);
        return problem(404, 'session-not-found', 'Session not found', '');
      }),
    );
    show(jane, [makeSession(), elsewhere]);
    const sessions = await section('Where you are signed in');
    const end = await sessions.findByRole('button', {
      name: 'End the session of relaypacs upload',
    });
    await userEvent.click(end);
    expect(await sessions.findByText('That session is over.')).toBeInTheDocument();
    expect(sessions.getAllByRole('listitem')).toHaveLength(1);
    expect(sessions.getByText('You are signed in nowhere else.')).toBeInTheDocument();
    expect(ended).toEqual([elsewhere.id]);
  });

  it('are ended all but this one', async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.delete(`${API}/auth/sessions`, ({ request }) => {
        asked.push(new URL(request.url).searchParams.get('keep_current'));
        return done();
      }),
    );
    show(jane, [makeSession(), elsewhere]);
    const sessions = await section('Where you are signed in');
    await userEvent.click(
      await sessions.findByRole('button', { name: 'Sign out everywhere else' }),
    );
    expect(await sessions.findByText('You are signed out everywhere else.')).toBeInTheDocument();
    expect(sessions.getAllByRole('listitem')).toHaveLength(1);
    expect(asked).toEqual(['true']);
  });

  it('stay in the list when ending them failed', async () => {
    server.use(
      http.delete(`${API}/auth/sessions/:id`, () =>
        problem(500, 'internal-error', 'Error', 'Sorry.'),
      ),
    );
    show(jane, [makeSession(), elsewhere]);
    const sessions = await section('Where you are signed in');
    await userEvent.click(await sessions.findByRole('button', { name: /^End/ }));
    expect(await sessions.findByRole('alert')).toHaveTextContent('Sorry.');
    expect(sessions.getAllByRole('listitem')).toHaveLength(2);
  });
});
