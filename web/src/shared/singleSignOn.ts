import { loadHttp } from './api/loadHttp';

const KEY = 'relaypacs-single-sign-on';

/** Whether the gateway takes sign-ins of another system, and how people call that system. */
export interface SingleSignOn {
  enabled: boolean;
  name: string;
}

/** Where to go, and what has to be brought back from there. */
export interface SingleSignOnStart {
  authorization_url: string;
  flow: string;
}

export interface SingleSignOnReturn {
  flow: string;
  code: string;
  state: string;
}

export interface Journey {
  /** Binds the answer of the other system to this browser. */
  flow: string;
  /** The page that was asked for. */
  returnTo: string;
  /** Somebody who is signed in proves once more who it is, to do this; it is not for signing in. */
  proves?: string;
}

/** What this tab remembers while the person is away at the other system. */
export const journey = {
  begin(leaving: Journey): void {
    sessionStorage.setItem(KEY, JSON.stringify(leaving));
  },

  /** Null when the journey did not begin in this tab. */
  read(): Journey | null {
    const stored = sessionStorage.getItem(KEY);
    return stored === null ? null : (JSON.parse(stored) as Journey);
  },

  end(): void {
    sessionStorage.removeItem(KEY);
  },
};

/** With what somebody has come back who went to prove who it is; null: the other system has refused. */
export interface BroughtProof {
  proves: string;
  result: SingleSignOnReturn | null;
}

let brought: BroughtProof | null = null;

/** The proof on its way from the page that people come back to, to the page that they had left. Works once. */
export const proofs = {
  bring(proof: BroughtProof): void {
    brought = proof;
  },
  read: (): BroughtProof | null => brought,
  end(): void {
    brought = null;
  },
};

/**
 * Ask whether there is single sign-on. Any failure raises.
 *
 * With `fetch`, since the sign-in page asks at once and the HTTP client is loaded only when somebody signs in.
 */
export async function fetchSingleSignOn(): Promise<SingleSignOn> {
  const answer = await fetch(new URL('/api/v1/auth/oidc', window.location.origin));
  if (!answer.ok) throw new Error(`The gateway answered ${answer.status}`);
  return (await answer.json()) as SingleSignOn;
}

/** `again`: who is signed in is to prove once more who it is. */
export async function startSingleSignOn(again = false): Promise<SingleSignOnStart> {
  const { request } = await loadHttp();
  return (await request({
    method: 'POST',
    url: '/api/v1/auth/oidc/start',
    ...(again && { query: { again } }),
  })) as SingleSignOnStart;
}
