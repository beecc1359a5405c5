import { useState } from 'react';

import { ApiError } from '@/shared/api/problem';
import { knownCause, type Cause } from '@/shared/pacs/causes';

import { echo } from '../api';

export type EchoOutcome =
  | { kind: 'answered'; milliseconds: number }
  | { kind: 'refused'; cause: Cause; words: string }
  | { kind: 'failed'; error: unknown };

interface Echo {
  busy: boolean;
  outcome: EchoOutcome | null;
  run: () => Promise<void>;
}

/** Have the gateway speak with a destination, when somebody wants to know. */
export function useEcho(destinationId: string, onDone: () => void): Echo {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<EchoOutcome | null>(null);

  const run = async () => {
    setBusy(true);
    setOutcome(null);
    try {
      setOutcome({ kind: 'answered', milliseconds: await echo(destinationId) });
    } catch (error) {
      setOutcome(outcomeOf(error));
    } finally {
      setBusy(false);
      onDone();
    }
  };

  return { busy, outcome, run };
}

function outcomeOf(error: unknown): EchoOutcome {
  const cause = error instanceof ApiError ? knownCause(error.facts.cause) : null;
  if (!(error instanceof ApiError) || error.code !== 'pacs-unavailable' || !cause) {
    return { kind: 'failed', error };
  }
  return { kind: 'refused', cause, words: error.detail };
}
