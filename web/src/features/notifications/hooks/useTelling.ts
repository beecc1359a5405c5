import { useRef, useState } from 'react';

import { usePolling } from '@/shared/hooks/usePolling';

import { fetchTelling, saveTelling, type Choice, type Telling } from '../telling/api';

const RETRY_MS = 15_000;

/** The ways of telling that a person can turn on and off. */
export type Channel = 'push' | 'email';

interface State {
  telling: Telling | null;
  error: unknown;
  reload: () => void;
  /** Why the last change was not kept; what is shown is what the gateway has then. */
  saveError: unknown;
  choose: (choice: Choice, channel: Channel, on: boolean) => void;
}

/** How the signed-in person is told of what. A switch takes effect at once, and goes back where the gateway refuses. */
export function useTelling(): State {
  const [telling, setTelling] = useState<Telling | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [saveError, setSaveError] = useState<unknown>(null);
  /** Changes go one after the other; only the last answer is shown, since earlier ones do not know of later switches. */
  const saving = useRef({ count: 0, last: Promise.resolve() });

  const reload = usePolling(
    async (signal) => {
      try {
        const loaded = await fetchTelling(signal);
        if (signal.aborted || saving.current.count > 0) return;
        setTelling(loaded);
        setError(null);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    },
    error ? RETRY_MS : null,
  );

  const save = async (changed: Choice, language: Telling['language']) => {
    const line = saving.current;
    try {
      const kept = await saveTelling({ language, choices: [changed] });
      if (line.count === 1) setTelling(kept);
    } catch (failure) {
      setSaveError(failure);
      if (line.count === 1) reload();
    } finally {
      line.count -= 1;
    }
  };

  const choose = (choice: Choice, channel: Channel, on: boolean) => {
    if (!telling) return;
    const changed = { ...choice, [channel]: on };
    setSaveError(null);
    setTelling({
      ...telling,
      choices: telling.choices.map((row) => (row.type === choice.type ? changed : row)),
    });
    saving.current.count += 1;
    saving.current.last = saving.current.last.then(() => save(changed, telling.language));
  };

  return { telling, error, reload, saveError, choose };
}
