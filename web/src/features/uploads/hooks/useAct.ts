import { useState } from 'react';

interface Acting {
  busy: boolean;
  error: unknown;
  run: (act: () => Promise<void>) => Promise<void>;
}

/** Something that a person does to what is shown; `onDone` is called once the gateway has taken it. */
export function useAct(onDone: () => void): Acting {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await act();
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return { busy, error, run };
}
