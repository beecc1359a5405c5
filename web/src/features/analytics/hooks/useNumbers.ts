import { useState } from 'react';

import { ApiError, UnreachableError } from '@/shared/api/problem';
import { useKeeping } from '@/shared/hooks/useKeeping';
import { useKept } from '@/shared/hooks/useKept';
import { useOnline } from '@/shared/hooks/useOnline';
import { usePolling } from '@/shared/hooks/usePolling';
import type { Kept } from '@/shared/kept/kept';

import { fetchNumbers, type Numbers } from '../api';
import { KEPT_NUMBERS, keepNumbers } from '../kept';
import { nameOf, queryOf, type Question } from '../question';

/** As long as the gateway gives the same answer. */
const FRESH_MS = 60_000;
const RETRY_MS = 15_000;

interface ShownNumbers {
  /** Null until the gateway, or what this device keeps, has told. */
  numbers: Numbers | null;
  error: unknown;
  /** When the gateway said so, where it cannot be asked now; null while they are up to date. */
  asOf: Date | null;
  reload: () => void;
}

/** The numbers that answer a question, kept up to date. Mount it anew for another question. */
export function useNumbers(question: Question): ShownNumbers {
  const name = nameOf(question);
  const [fresh, setFresh] = useState<Kept<Numbers> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const kept = useKept<Numbers>(KEPT_NUMBERS, name);
  const online = useOnline();

  const reload = usePolling(async (signal) => {
    try {
      const value = await fetchNumbers(queryOf(question), signal);
      if (signal.aborted) return;
      setFresh({ value, at: new Date() });
      setError(null);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
  }, intervalAfter(error));

  useKeeping(fresh?.value ?? null, (numbers) => keepNumbers(name, numbers));

  const isSilent = !online || error instanceof UnreachableError;
  const known = isRefusal(error) ? null : (fresh ?? kept ?? null);
  return { ...shown(known, fresh !== null && !isSilent), error, reload };
}

function shown(
  known: Kept<Numbers> | null,
  isOfNow: boolean,
): Pick<ShownNumbers, 'numbers' | 'asOf'> {
  if (!known) return { numbers: null, asOf: null };
  return { numbers: known.value, asOf: isOfNow ? null : known.at };
}

/** The gateway does not give these numbers to this person: asking again helps as little as what is kept. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404].includes(error.status);
}

function intervalAfter(error: unknown): number | null {
  if (isRefusal(error)) return null;
  return error ? RETRY_MS : FRESH_MS;
}
