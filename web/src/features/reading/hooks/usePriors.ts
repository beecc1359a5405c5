import { useEffect, useReducer, useState } from 'react';

import { fetchPriors, type Prior } from '../priors';

interface Priors {
  /** Null until they are here. */
  priors: Prior[] | null;
  error: unknown;
  reload: () => void;
}

/** Other studies of the patient. Each look is in the audit trail, so they are asked for once. */
export function usePriors(reportId: string): Priors {
  const [priors, setPriors] = useState<Prior[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, again] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const controller = new AbortController();
    fetchPriors(reportId, controller.signal).then(setPriors, (failure: unknown) => {
      if (!controller.signal.aborted) setError(failure);
    });
    return () => controller.abort();
  }, [reportId, attempt]);

  return {
    priors,
    error,
    reload: () => {
      setError(null);
      again();
    },
  };
}
