import { useState } from 'react';

import { signIn } from '../api';

interface SignIn {
  /** Which step is shown: the password, or the second factor after it. */
  step: 'password' | 'totp';
  busy: boolean;
  error: unknown;
  submitPassword: (username: string, password: string) => Promise<void>;
  submitCode: (code: string) => Promise<void>;
  back: () => void;
}

/** The two steps of signing in. The password is kept only while the second step is open. */
export function useSignIn(): SignIn {
  const [pending, setPending] = useState<{ username: string; password: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const attempt = async (username: string, password: string, code?: string) => {
    setBusy(true);
    setError(null);
    try {
      const outcome = await signIn({
        username,
        password,
        ...(code !== undefined && { totp_code: code }),
      });
      setPending(outcome === 'totp-required' ? { username, password } : null);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return {
    step: pending ? 'totp' : 'password',
    busy,
    error,
    submitPassword: (username, password) => attempt(username, password),
    submitCode: async (code) => {
      if (pending) await attempt(pending.username, pending.password, code);
    },
    back: () => {
      setPending(null);
      setError(null);
    },
  };
}
