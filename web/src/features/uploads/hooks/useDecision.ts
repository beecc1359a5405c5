import { useState } from 'react';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { decide, type Decision } from '../api';

interface Deciding {
  busy: boolean;
  error: unknown;
  /** What is chosen to be left out: patients by their key, contents by their SHA-256. */
  chosen: ReadonlySet<string>;
  toggle: (name: string) => void;
  send: (decision: Decision) => Promise<void>;
}

/** A person's decision about a held upload; `onDecided` is called once the gateway has taken it. */
export function useDecision(uploadId: string, onDecided: () => void): Deciding {
  const { busy, error, run } = useAttempt();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());

  const toggle = (name: string) => {
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(name)) after.add(name);
      return after;
    });
  };

  const send = async (decision: Decision) => {
    const decided = await run(async () => {
      await decide(uploadId, decision);
    });
    if (decided) onDecided();
  };

  return { busy, error, chosen, toggle, send };
}
