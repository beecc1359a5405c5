import { useState } from 'react';

import { useOnline } from './useOnline';
import { usePolling } from './usePolling';

const FAILED_MS = 10_000;

export interface Live<T> {
  /** What was last heard; null until something was. */
  value: T | null;
  /** When that was. */
  heardAt: Date | null;
  /** The same, where it may not be so any more; null while the value is of now. */
  asOf: Date | null;
  error: unknown;
  reload: () => void;
  /** Show what an action has made of it, until the gateway is asked again. */
  change: (value: T) => void;
}

/** Something that the gateway says, asked again and again while somebody looks. */
export function useLive<T>(
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number | ((value: T | null) => number),
): Live<T> {
  const [heard, setHeard] = useState<{ value: T; at: Date } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const online = useOnline();

  const value = heard?.value ?? null;
  const soundMs = typeof everyMs === 'number' ? everyMs : everyMs(value);

  const reload = usePolling(
    async (signal) => {
      try {
        const answer = await load(signal);
        if (signal.aborted) return;
        setHeard({ value: answer, at: new Date() });
        setError(null);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    },
    error ? FAILED_MS : soundMs,
  );

  const isOld = !online || Boolean(error);
  const heardAt = heard?.at ?? null;
  return {
    value,
    heardAt,
    asOf: isOld ? heardAt : null,
    error,
    reload,
    change: (changed) => setHeard({ value: changed, at: new Date() }),
  };
}
