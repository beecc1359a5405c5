import { useState } from 'react';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { retryAll, type Retried } from '../api';
import { queryOf, type Filter } from '../filter';

interface BulkRetry {
  busy: boolean;
  error: unknown;
  /** How far it is, or what it came to; null before. */
  done: Retried | null;
  run: () => Promise<boolean>;
}

/** Tries again all that a filter shows, also what is not loaded here. */
export function useBulkRetry(filter: Filter, onDone: () => void): BulkRetry {
  const [done, setDone] = useState<Retried | null>(null);
  const { busy, error, run } = useAttempt();
  return {
    busy,
    error,
    done,
    run: async () => {
      setDone(null);
      const works = await run(async () => {
        setDone(await retryAll(queryOf(filter, new Date()), setDone));
      });
      onDone();
      return works;
    },
  };
}
