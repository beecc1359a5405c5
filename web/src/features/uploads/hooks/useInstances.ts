import { useEffect, useReducer, useRef, useState } from 'react';

import { UnreachableError } from '@/shared/api/problem';
import { useKept } from '@/shared/hooks/useKept';
import { useNextPage, type NextPage } from '@/shared/hooks/useNextPage';

import { fetchInstances, type Instance } from '../api';
import { KEPT_INSTANCES, keepInstances } from '../history';

export interface LoadedInstances {
  items: Instance[];
  nextCursor: string | null;
  pages: number;
}

interface Instances {
  /** Null until the first page is here. */
  loaded: LoadedInstances | null;
  error: unknown;
  reload: () => void;
  more: NextPage;
}

const MOST_KEPT = 100;

/**
 * The instances of an upload, page by page; without network the first that were loaded before.
 *
 * `version` stands for what the gateway knows about them: when it changes, the loaded pages are read again.
 */
export function useInstances(uploadId: string, version: string): Instances {
  const [loaded, setLoaded] = useState<LoadedInstances | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, again] = useReducer((count: number) => count + 1, 0);
  const pages = useRef(1);
  const kept = useKept<Instance[]>(KEPT_INSTANCES, uploadId);

  useEffect(() => {
    pages.current = loaded?.pages ?? 1;
  }, [loaded]);

  useEffect(() => {
    const controller = new AbortController();
    readPages(uploadId, pages.current, controller.signal).then(
      (fresh) => {
        if (controller.signal.aborted) return;
        setLoaded(fresh);
        setError(null);
        void keepInstances(uploadId, fresh.items.slice(0, MOST_KEPT));
      },
      (failure: unknown) => {
        if (!controller.signal.aborted) setError(failure);
      },
    );
    return () => controller.abort();
  }, [uploadId, version, attempt]);

  const more = useNextPage(
    loaded?.nextCursor ?? null,
    (cursor, signal) => fetchInstances(uploadId, cursor, signal),
    (cursor, page) =>
      setLoaded((current) =>
        current?.nextCursor === cursor
          ? {
              items: [...current.items, ...page.items],
              nextCursor: page.next_cursor ?? null,
              pages: current.pages + 1,
            }
          : current,
      ),
  );

  // What is shown of the upload says already that it is not of now.
  const inReserve = loaded ? null : kept;
  return {
    loaded: inReserve ? { items: inReserve.value, nextCursor: null, pages: 1 } : loaded,
    error: inReserve && error instanceof UnreachableError ? null : error,
    reload: () => {
      setError(null);
      again();
    },
    more,
  };
}

async function readPages(
  uploadId: string,
  count: number,
  signal: AbortSignal,
): Promise<LoadedInstances> {
  const items: Instance[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page = await fetchInstances(uploadId, cursor, signal);
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
    pages += 1;
  } while (cursor !== null && pages < count);
  return { items, nextCursor: cursor, pages };
}
