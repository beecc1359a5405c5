import { useEffect, useRef, useState } from 'react';

export interface NextPage {
  busy: boolean;
  error: unknown;
  load: () => void;
}

/**
 * Fetch the page behind `cursor` when asked, one at a time; null means that there is none.
 *
 * `onPage` also gets the cursor it was fetched with, since the list may have changed meanwhile.
 */
export function useNextPage<Page>(
  cursor: string | null,
  fetchPage: (cursor: string, signal: AbortSignal) => Promise<Page>,
  onPage: (cursor: string, page: Page) => void,
): NextPage {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const unmounting = useRef<AbortController>(null);

  useEffect(() => {
    const controller = new AbortController();
    unmounting.current = controller;
    return () => controller.abort();
  }, []);

  const load = () => {
    const signal = unmounting.current?.signal;
    if (cursor === null || !signal || busy) return;
    setBusy(true);
    setError(null);
    fetchPage(cursor, signal)
      .then((page) => onPage(cursor, page))
      .catch((failure: unknown) => {
        if (!signal.aborted) setError(failure);
      })
      .finally(() => setBusy(false));
  };

  return { busy, error, load };
}
