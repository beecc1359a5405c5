import { loadHttp } from './loadHttp';
import { ApiError, SessionEndedError } from './problem';
import { tokenStore } from './tokenStore';

/** Why nobody is signed in, as the sign-in page tells it. */
export type SignedOutReason =
  'none' | 'expired' | 'server-not-told' | 'password-set' | 'account-created';

export type SessionState =
  | { phase: 'restoring' }
  | { phase: 'unavailable'; error: unknown }
  | { phase: 'signed-out'; reason: SignedOutReason }
  /** `generation` changes with the person, so that nothing of one is shown to the next. */
  | { phase: 'signed-in'; generation: number };

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

const LOCK = 'relaypacs-session';
const CHANNEL = 'relaypacs-session';
/** Short enough that a retry still meets the 30 s in which the server honours the old refresh token. */
const REFRESH_TIMEOUT_MS = 8_000;
const REFRESH_RETRIES = 2;
/** The token is not taken (401), or the account is no longer active (403): only a new sign-in helps. */
const REFUSALS = new Set([401, 403]);

/**
 * The tokens of the signed-in person, one per tab; tabs agree through the token store.
 *
 * The access token lives in memory, the refresh token in the store. Every change to the store happens
 * under one Web Lock, so tabs rotate one after the other, each with the newest token.
 */
export class Session {
  #state: SessionState = { phase: 'restoring' };
  #access: string | null = null;
  #renewal: Promise<string> | null = null;
  #generation = 0;
  readonly #listeners = new Set<() => void>();
  readonly #channel = new BroadcastChannel(CHANNEL);

  constructor() {
    this.#channel.onmessage = () => void this.restore();
  }

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Take up what the store holds: at start, and when another tab signed in or out. */
  async restore(): Promise<void> {
    try {
      const stored = await tokenStore.read();
      this.#adopt(null, stored ? 'signed-in' : 'none');
    } catch (error) {
      this.#enter({ phase: 'unavailable', error });
    }
  }

  /** Begin with the tokens of a sign-in. Raises when the browser cannot keep them. */
  async begin(tokens: Tokens): Promise<void> {
    await exclusively(() => tokenStore.write(tokens.refresh_token));
    this.#adopt(tokens.access_token, 'signed-in');
    this.#channel.postMessage('changed');
  }

  /** Forget the tokens here and in every tab. */
  async end(reason: SignedOutReason): Promise<void> {
    await exclusively(() => tokenStore.clear());
    this.#adopt(null, reason);
    this.#channel.postMessage('changed');
  }

  /** Return the id of the signed-in person, without asking the gateway; null when nobody is. */
  async userId(): Promise<string | null> {
    const token = await tokenStore.read();
    return token === null ? null : subjectOf(token);
  }

  /** Return an access token, fetching one when there is none yet. Raises as `renew`. */
  async accessToken(): Promise<string> {
    return this.#access ?? (await this.renew(null));
  }

  /**
   * Return an access token other than `stale`, which the server refused.
   *
   * Callers that come together share one rotation. Raises SessionEndedError when the server no longer
   * takes the refresh token, and UnreachableError or ApiError when it could not be asked.
   */
  async renew(stale: string | null): Promise<string> {
    if (this.#access !== null && this.#access !== stale) return this.#access;
    const generation = this.#generation;
    this.#renewal ??= exclusively(() => this.#rotate(generation)).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** Stop listening to other tabs. */
  close(): void {
    this.#channel.close();
  }

  async #rotate(generation: number): Promise<string> {
    const { request } = await loadHttp();
    const refreshToken = await tokenStore.read();
    if (generation !== this.#generation) {
      throw new SessionEndedError('signed out, or signed in as somebody else, meanwhile');
    }
    if (refreshToken === null) {
      this.#adopt(null, 'expired');
      throw new SessionEndedError('the browser no longer has the refresh token');
    }
    let tokens: Tokens;
    try {
      tokens = (await request({
        method: 'POST',
        url: '/api/v1/auth/refresh',
        body: { refresh_token: refreshToken },
        timeoutMs: REFRESH_TIMEOUT_MS,
        retries: REFRESH_RETRIES,
      })) as Tokens;
    } catch (error) {
      if (!(error instanceof ApiError && REFUSALS.has(error.status))) throw error;
      await tokenStore.clear();
      this.#adopt(null, 'expired');
      this.#channel.postMessage('changed');
      throw new SessionEndedError('the refresh token was refused', { cause: error });
    }
    await tokenStore.write(tokens.refresh_token);
    this.#access = tokens.access_token;
    return tokens.access_token;
  }

  #adopt(access: string | null, outcome: 'signed-in' | SignedOutReason): void {
    this.#access = access;
    this.#generation += 1;
    this.#enter(
      outcome === 'signed-in'
        ? { phase: 'signed-in', generation: this.#generation }
        : { phase: 'signed-out', reason: outcome },
    );
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

/** Read whom a token is about (RFC 7519 4.1.2). Whether it is true is for the server to say. */
function subjectOf(token: string): string | null {
  try {
    const claims = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { sub } = JSON.parse(claims) as { sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}

/** Run `act` while no other tab does. Web Locks exist in secure contexts only; elsewhere tabs are on their own. */
async function exclusively<T>(act: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return act();
  return navigator.locks.request(LOCK, act) as Promise<T>;
}

export const session = new Session();
