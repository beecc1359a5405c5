import { useState } from 'react';

interface Attempt {
  busy: boolean;
  /** Why the last one failed. */
  error: unknown;
  /** Returns whether it worked. */
  run: (act: () => Promise<void>) => Promise<boolean>;
}

/** Something that a person asks for, and that may fail. */
export function useAttempt(): Attempt {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await act();
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return { busy, error, run };
}
