import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { answer, API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

const tokens = { access_token: 'access-0', refresh_token: 'refresh-0' };

beforeEach(async () => {
  await session.end('none');
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'jane', full_name: 'Jane Doe', role: 'clinician' }),
    ),
    http.get(`${API}/upload`, () => HttpResponse.json({ items: [], next_cursor: null })),
  );
});

describe('single sign-on', () => {
  const KEY = 'relaypacs-single-sign-on';

  function offerSingleSignOn(): void {
    answer('get', '/auth/oidc', () => HttpResponse.json({ enabled: true, name: 'Hospital ID' }));
  }

  function rememberJourney(): void {
    sessionStorage.setItem(
      KEY,
      JSON.stringify({ flow: 'flow-1', returnTo: '/uploads?status=failed' }),
    );
  }

  beforeEach(() => {
    sessionStorage.clear();
    window.location.hash = '';
  });

  it('leads away, and remembers what has to be brought back', async () => {
    offerSingleSignOn();
    const away = `${window.location.href.split('#')[0] ?? ''}#provider`;
    answer('post', '/auth/oidc/start', () =>
      HttpResponse.json({ authorization_url: away, flow: 'flow-1' }),
    );
    showApp('/uploads?status=failed');
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in with Hospital ID' }));
    await waitFor(() => expect(window.location.hash).toBe('#provider'));
    expect(JSON.parse(sessionStorage.getItem(KEY) ?? '')).toEqual({
      flow: 'flow-1',
      returnTo: '/uploads?status=failed',
    });
  });

  it('says when the other system cannot be reached, and leaves the password alone', async () => {
    offerSingleSignOn();
    answer('post', '/auth/oidc/start', () =>
      problem(503, 'single-sign-on-unavailable', 'Single sign-on unavailable', 'It is down.'),
    );
    showApp('/');
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in with Hospital ID' }));
    // The HTTP client asks three times more before it gives up.
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('It is down.');
    expect(screen.getByLabelText('Password')).toBeEnabled();
  });

  it.each([
    ['off', () => HttpResponse.json({ enabled: false, name: '' })],
    ['unknown to the gateway', () => problem(404, 'not-found', 'Not found', '')],
    ['out of reach', () => HttpResponse.error()],
  ])('does not disturb where it is %s', async (_, respond) => {
    const asked = answer('get', '/auth/oidc', respond);
    showApp('/');
    expect(await screen.findByLabelText('Password')).toBeInTheDocument();
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(screen.queryByRole('button', { name: /Sign in with/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('signs in with what the other system sent back, at the page asked for', async () => {
    rememberJourney();
    const sent = answer('post', '/auth/oidc/finish', () => HttpResponse.json(tokens));
    showApp('/sign-in/oidc?code=abc&state=def');
    expect(await screen.findByText('No upload fits')).toBeInTheDocument();
    expect(address()).toBe('/uploads?status=failed');
    expect(sent).toEqual([{ flow: 'flow-1', code: 'abc', state: 'def' }]);
    expect(sessionStorage.getItem(KEY)).toBeNull();
  });

  it.each([
    ['/sign-in/oidc?error=access_denied', 'The other system did not sign you in'],
    ['/sign-in/oidc', 'The other system did not sign you in'],
  ])('says that the other system refused at %s', async (arrival, words) => {
    rememberJourney();
    showApp(arrival);
    expect(await screen.findByText(words)).toBeInTheDocument();
    await waitFor(() => expect(address()).toBe('/sign-in/oidc'));
  });

  it('says that the sign-in began in another browser', async () => {
    showApp('/sign-in/oidc?code=abc&state=def');
    expect(await screen.findByText('This sign-in began elsewhere')).toBeInTheDocument();
    await waitFor(() => expect(address()).toBe('/sign-in/oidc'));
  });

  it.each([
    [401, 'single-sign-on-refused', 'Nobody here has that name.', 'Nobody here has that name.'],
    [410, 'link-invalid', '', 'That took too long'],
    [403, 'account-not-active', 'It waits.', 'It waits.'],
  ])('says why the gateway refused: %d %s', async (status, code, detail, words) => {
    rememberJourney();
    answer('post', '/auth/oidc/finish', () => problem(status, code, 'No', detail));
    showApp('/sign-in/oidc?code=abc&state=def');
    expect(await screen.findByText(words)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
  });

  it('tries again with the same code where the gateway was out of reach', async () => {
    rememberJourney();
    answer(
      'post',
      '/auth/oidc/finish',
      () => HttpResponse.error(),
      () => HttpResponse.json(tokens),
    );
    showApp('/sign-in/oidc?code=abc&state=def');
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No upload fits')).toBeInTheDocument();
  });
});
