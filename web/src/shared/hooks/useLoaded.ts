import { useState } from 'react';

import { ApiError } from '@/shared/api/problem';

import { usePolling } from './usePolling';

const RETRY_MS = 15_000;

export interface Loaded<T> {
  value: T | null;
  error: unknown;
  reload: () => void;
  change: (value: T) => void;
}

/** Load something once; where nobody answered or the gateway was unwell, again until it is there. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const refused = error instanceof ApiError && error.status < 500;

  const reload = usePolling(
    async (signal) => {
      try {
        const loaded = await load(signal);
        if (signal.aborted) return;
        setValue(loaded);
        setError(null);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    },
    error && !refused ? RETRY_MS : null,
  );

  return { value, error, reload, change: setValue };
}
