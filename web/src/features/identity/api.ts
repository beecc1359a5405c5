import { get, post, postAnonymously } from '@/shared/api/client';
import { ApiError, SessionEndedError, UnreachableError } from '@/shared/api/problem';
import { session } from '@/shared/api/session';
import type { Answer, Body } from '@/shared/api/types';

export type Credentials = Body<'/api/v1/auth/login', 'post'>;
export type CurrentUser = Answer<'/api/v1/auth/me', 'get'>;

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

export function fetchCurrentUser(signal: AbortSignal): Promise<CurrentUser> {
  return get('/api/v1/auth/me', { signal });
}
