import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { answer, API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

const tokens = { access_token: 'access-0', refresh_token: 'refresh-0' };
const GOOD = 'twelve quiet llamas 41 knit';

const done = () => new HttpResponse(null, { status: 204 });
const linkInvalid = () =>
  problem(410, 'link-invalid', 'Link used or expired', 'Ask for a new one.');

beforeEach(async () => {
  await session.end('none');
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
    http.get(`${API}/upload`, () => HttpResponse.json({ items: [], next_cursor: null })),
  );
});

describe('the link to set a password', () => {
  it('sets it, and leads to sign-in with a sentence; the token leaves the address', async () => {
    const sent = answer('post', '/auth/password/reset', done);
    showApp('/reset-password#secret');
    await userEvent.type(await screen.findByLabelText('New password'), GOOD);
    await waitFor(() => expect(address()).toBe('/reset-password'));
    await userEvent.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText('Your password is set')).toBeInTheDocument();
    expect(screen.getByLabelText('User name')).toBeInTheDocument();
    expect(sent).toEqual([{ token: 'secret', password: GOOD }]);
  });

  it('signs out whoever is signed in here', async () => {
    await session.begin(tokens);
    const told = answer('post', '/auth/logout', done);
    answer('post', '/auth/password/reset', done);
    showApp('/reset-password#secret');
    await userEvent.type(await screen.findByLabelText('New password'), `${GOOD}{Enter}`);
    expect(await screen.findByText('Your password is set')).toBeInTheDocument();
    expect(told).toHaveLength(1);
  });

  it('has a page of its own for a link that was used', async () => {
    answer('post', '/auth/password/reset', linkInvalid);
    showApp('/reset-password#secret');
    await userEvent.type(await screen.findByLabelText('New password'), `${GOOD}{Enter}`);
    const heading = await screen.findByRole('heading', {
      name: 'This link does not work any more',
    });
    expect(heading).toHaveFocus();
    expect(screen.getByText('Ask for a new one.')).toBeInTheDocument();
  });

  it('says at the field that a password is too weak, whatever was said while typing', async () => {
    const refuse = () => problem(422, 'weak-password', 'Weak', 'Known to everybody.');
    answer('post', '/auth/password/reset', refuse);
    showApp('/reset-password#secret');
    await userEvent.type(await screen.findByLabelText('New password'), `${GOOD}{Enter}`);
    expect(await screen.findByText('Known to everybody.')).toBeInTheDocument();
    expect(screen.getByLabelText('New password')).toBeInvalid();
  });

  it('says so when the gateway did not answer, and sends a token once only', async () => {
    const sent = answer('post', '/auth/password/reset', () => HttpResponse.error());
    showApp('/reset-password#secret');
    await userEvent.type(await screen.findByLabelText('New password'), `${GOOD}{Enter}`);
    expect(await screen.findByRole('alert')).toHaveTextContent('The gateway did not answer');
    expect(sent).toHaveLength(1);
  });

  it('says so when the address has no token', async () => {
    showApp('/reset-password');
    expect(await screen.findByText('This address is not complete')).toBeInTheDocument();
  });
});

describe('an invitation', () => {
  const offer = {
    email: 'anne@example.org',
    role: 'radiographer',
    site_name: 'North wing',
    expires_at: '2026-12-01T12:00:00Z',
  };

  it('shows what is offered, and makes the account', async () => {
    const asked = answer('post', '/auth/invitation', () => HttpResponse.json(offer));
    const sent = answer('post', '/auth/invitation/accept', () => HttpResponse.json({}));
    showApp('/invitation#secret');
    expect(await screen.findByText('North wing')).toBeInTheDocument();
    expect(screen.getByText('Radiographer')).toBeInTheDocument();
    await waitFor(() => expect(address()).toBe('/invitation'));
    expect(screen.getByLabelText('E-mail')).toHaveValue('anne@example.org');
    await userEvent.type(screen.getByLabelText('User name'), 'anne');
    await userEvent.type(screen.getByLabelText('Full name'), ' Anne Example ');
    await userEvent.type(screen.getByLabelText('Password'), `${GOOD}{Enter}`);
    expect(await screen.findByText('Your account is ready')).toBeInTheDocument();
    expect(asked).toEqual([{ token: 'secret' }]);
    expect(sent).toEqual([
      {
        token: 'secret',
        username: 'anne',
        full_name: 'Anne Example',
        email: 'anne@example.org',
        password: GOOD,
      },
    ]);
  });

  it('has a page of its own for one that is over', async () => {
    answer('post', '/auth/invitation', linkInvalid);
    showApp('/invitation#secret');
    expect(await screen.findByText('This link does not work any more')).toBeInTheDocument();
  });

  it('can be asked for again', async () => {
    answer(
      'post',
      '/auth/invitation',
      () => problem(500, 'internal-error', 'Internal error', 'Sorry.'),
      () => HttpResponse.json(offer),
    );
    showApp('/invitation#secret');
    expect(await screen.findByText('Sorry.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('North wing')).toBeInTheDocument();
  });
});

describe('registering', () => {
  async function register(username = 'bob'): Promise<void> {
    showApp('/');
    await userEvent.click(await screen.findByRole('link', { name: 'Register' }));
    await userEvent.type(await screen.findByLabelText('User name'), username);
    await userEvent.type(screen.getByLabelText('Full name'), 'Bob Example');
    await userEvent.type(screen.getByLabelText('E-mail'), 'bob@example.org');
    await userEvent.type(screen.getByLabelText('Password'), `${GOOD}{Enter}`);
  }

  it('signs in where no approval is needed', async () => {
    const sent = answer('post', '/auth/register', () => HttpResponse.json({}, { status: 201 }));
    answer('post', '/auth/login', () => HttpResponse.json(tokens));
    await register();
    expect(await screen.findByText('No uploads yet')).toBeInTheDocument();
    expect(sent).toEqual([
      { username: 'bob', full_name: 'Bob Example', email: 'bob@example.org', password: GOOD },
    ]);
  });

  it('says that the account waits for approval', async () => {
    answer('post', '/auth/register', () => HttpResponse.json({}, { status: 201 }));
    answer('post', '/auth/login', () => problem(403, 'account-not-active', 'Not active', 'No.'));
    await register();
    expect(await screen.findByText('Your account waits for approval')).toBeInTheDocument();
  });

  it('leads to sign-in when signing in did not work for another reason', async () => {
    answer('post', '/auth/register', () => HttpResponse.json({}, { status: 201 }));
    answer('post', '/auth/login', () => problem(500, 'internal-error', 'Internal error', ''));
    await register();
    expect(await screen.findByText('Your account is ready')).toBeInTheDocument();
  });

  it('shows the sentence of a gateway that takes no registrations', async () => {
    const closed = () =>
      problem(403, 'registration-closed', 'Registration closed', 'Ask the admin.');
    answer('post', '/auth/register', closed);
    await register();
    expect(await screen.findByRole('alert')).toHaveTextContent('Ask the admin.');
  });

  it('says at the field that a name is taken, or is none', async () => {
    answer('post', '/auth/register', () => problem(409, 'username-taken', 'Taken', 'It is taken.'));
    await register('b');
    expect(screen.getByLabelText('User name')).toHaveFocus();
    await userEvent.keyboard('ob{Enter}');
    expect(await screen.findByText('It is taken.')).toBeInTheDocument();
  });
});

describe('signing in', () => {
  it('says how long a lock lasts', async () => {
    answer('post', '/auth/login', () => {
      const refusal = problem(429, 'too-many-failures', 'Locked', 'Too many.');
      refusal.headers.set('Retry-After', '840');
      return refusal;
    });
    showApp('/');
    await userEvent.type(await screen.findByLabelText('User name'), 'jane');
    await userEvent.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 14 minutes');
  });

  it('takes a recovery code from who has lost the device', async () => {
    const sent = answer(
      'post',
      '/auth/login',
      () => HttpResponse.json({ totp_required: true }),
      () => HttpResponse.json(tokens),
    );
    showApp('/');
    await userEvent.type(await screen.findByLabelText('User name'), 'jane');
    await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}');
    await userEvent.click(await screen.findByRole('button', { name: 'I lost my device' }));
    expect(screen.getByLabelText('Recovery code')).toHaveFocus();
    await userEvent.keyboard('AAAA-BBBB-CCCC-DDDD{Enter}');
    expect(await screen.findByText('No uploads yet')).toBeInTheDocument();
    expect(sent[1]).toMatchObject({ totp_code: 'AAAA-BBBB-CCCC-DDDD' });
  });
});
