import { get, ONCE, patch, post, postAnonymously, remove } from '@/shared/api/client';
import { loadHttp } from '@/shared/api/loadHttp';
import { ApiError, SessionEndedError, UnreachableError } from '@/shared/api/problem';
import { session, type SignedOutReason, type Tokens } from '@/shared/api/session';
import type { Answer, Body } from '@/shared/api/types';
import type { CurrentUser } from '@/shared/currentUser';
import type { SingleSignOnReturn } from '@/shared/singleSignOn';

export type { CurrentUser };

export type Credentials = Body<'/api/v1/auth/login', 'post'>;
export type Registration = Body<'/api/v1/auth/register', 'post'>;
export type ProfileChange = Body<'/api/v1/auth/me', 'patch'>;
export type SignIn = Answer<'/api/v1/auth/sessions', 'get'>['items'][number];
export type TotpSetup = Answer<'/api/v1/auth/2fa/setup', 'post'>;
export type InvitationOffer = Answer<'/api/v1/auth/invitation', 'post'>;
export type InvitationAcceptance = Body<'/api/v1/auth/invitation/accept', 'post'>;

const LOGOUT_TIMEOUT_MS = 5_000;

/** Sign in, or learn that a second factor is needed. Raises ApiError or UnreachableError. */
export async function signIn(credentials: Credentials): Promise<'signed-in' | 'totp-required'> {
  const answer = await postAnonymously('/api/v1/auth/login', credentials);
  if ('totp_required' in answer) return 'totp-required';
  await session.begin(answer);
  return 'signed-in';
}

/** Sign out here whatever happens; the sign-in page says so when the server could not be told. */
export async function signOut(): Promise<void> {
  try {
    await post('/api/v1/auth/logout', undefined, { timeoutMs: LOGOUT_TIMEOUT_MS, retries: 0 });
    await session.end('none');
  } catch (error) {
    if (error instanceof SessionEndedError) return;
    if (!(error instanceof ApiError || error instanceof UnreachableError)) throw error;
    await session.end('server-not-told');
  }
}

/** Make way for a new sign-in, which the sign-in page explains; whoever is signed in here is signed out. */
export async function startOver(reason: SignedOutReason): Promise<void> {
  const { phase } = session.state();
  if (phase === 'signed-in') await signOut();
  if (phase !== 'unavailable') await session.end(reason);
}

// -- becoming a user ----------------------------------------------------------------------------------------------

export async function register(registration: Registration): Promise<void> {
  await postAnonymously('/api/v1/auth/register', registration, ONCE);
}

/** Raises ApiError `link-invalid` when the link was used or is too old. */
export function fetchInvitation(token: string, signal: AbortSignal): Promise<InvitationOffer> {
  return postAnonymously('/api/v1/auth/invitation', { token }, { signal });
}

/** Raises as `fetchInvitation`. */
export async function acceptInvitation(acceptance: InvitationAcceptance): Promise<void> {
  await postAnonymously('/api/v1/auth/invitation/accept', acceptance, ONCE);
}

/** Raises as `fetchInvitation`. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await postAnonymously('/api/v1/auth/password/reset', { token, password }, ONCE);
}

// -- single sign-on (OpenID Connect Core 1.0, 3.1) -----------------------------------------------------------------

/** Sign in with what the other system sent back, which works once. */
export async function finishSingleSignOn(brought: SingleSignOnReturn): Promise<void> {
  const { request } = await loadHttp();
  const url = '/api/v1/auth/oidc/finish';
  await session.begin((await request({ method: 'POST', url, body: brought, ...ONCE })) as Tokens);
}

// -- the own account -----------------------------------------------------------------------------------------------

export function fetchCurrentUser(signal: AbortSignal): Promise<CurrentUser> {
  return get('/api/v1/auth/me', { signal });
}

export function changeProfile(change: ProfileChange): Promise<CurrentUser> {
  return patch('/api/v1/auth/me', change);
}

/** Also ends the other sessions. */
export async function changePassword(current: string, next: string): Promise<void> {
  const body = { current_password: current, new_password: next };
  await post('/api/v1/auth/password', body, ONCE);
}

export async function fetchSessions(signal: AbortSignal): Promise<SignIn[]> {
  return (await get('/api/v1/auth/sessions', { signal })).items;
}

/** End one session; that it is over already is as good. */
export async function endSession(id: string): Promise<void> {
  try {
    await remove('/api/v1/auth/sessions/{session_id}', { path: { session_id: id } });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'session-not-found')) throw error;
  }
}

export function endOtherSessions(): Promise<void> {
  return remove('/api/v1/auth/sessions', { query: { keep_current: true } });
}

/** Make a secret; it counts once a code of it was given to `enableTotp`. */
export function setUpTotp(): Promise<TotpSetup> {
  return post('/api/v1/auth/2fa/setup', undefined);
}

/** Turn the second factor on, which also ends the other sessions. Returns the recovery codes. */
export async function enableTotp(code: string): Promise<string[]> {
  return (await post('/api/v1/auth/2fa/enable', { code }, ONCE)).recovery_codes;
}

/** Turn the second factor off, which also ends the other sessions. */
export async function disableTotp(password: string, code: string): Promise<void> {
  await post('/api/v1/auth/2fa/disable', { password, code }, ONCE);
}
