import { useRef, useState } from 'react';

import { UnreachableError } from '@/shared/api/problem';
import { useNextPage, type NextPage } from '@/shared/hooks/useNextPage';
import { useOnline } from '@/shared/hooks/useOnline';
import { usePolling } from '@/shared/hooks/usePolling';
import type { Kept } from '@/shared/kept/kept';

import { fetchUploads, findUpload, type Upload } from '../api';
import { fits, queryOf } from '../filter';
import {
  firstPage,
  movingBelow,
  withFreshTop,
  withNextPage,
  withUpdates,
  type Listing,
} from '../listing';
import type { Question } from '../question';
import { isUnderWay } from '../state';

import { useKeepListing, useKeptListing } from './useKeptListing';

const FIRST = 50;
/** Who scrolls on wants more at once. */
const NEXT = 100;
const BUSY_MS = 4_000;
const FAILED_MS = 10_000;
const CALM_MS = 30_000;
/** How many uploads below the first page one poll asks about; the next poll takes the next ones. */
const BELOW_PER_POLL = 5;

export interface Uploads {
  /** Null until the first page, or what is kept on this device, is here. */
  listing: Listing | null;
  /** Why the newest state could not be had; the listing, if any, is what was last known. */
  error: unknown;
  /** When the gateway said so, where it cannot be asked now; null while the listing is up to date. */
  asOf: Date | null;
  /** The listing is what this device keeps: the gateway has not answered yet. */
  isKept: boolean;
  reload: () => void;
  more: NextPage;
}

/** The uploads that are the answer to a question, kept up to date. Mount it anew for another question. */
export function useUploads(question: Question): Uploads {
  const [listing, setListing] = useState<Listing | null>(null);
  const [heardAt, setHeardAt] = useState<Date | null>(null);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);
  const online = useOnline();

  const fetchPage = (page: { limit: number; cursor?: string }, signal: AbortSignal) =>
    fetchUploads({ ...queryOf(question.filter, new Date()), ...page }, question.words, signal);

  const refresh = async (signal: AbortSignal) => {
    try {
      const page = await fetchPage({ limit: FIRST }, signal);
      const updates = await fetchBelow(listing ? movingBelow(listing, page) : [], signal);
      if (signal.aborted) return;
      const stillFits = (upload: Upload) => fits(upload, question.filter, new Date());
      setListing((current) =>
        current ? withUpdates(withFreshTop(current, page), updates, stillFits) : firstPage(page),
      );
      setHeardAt(new Date());
      setError(null);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
  };

  const fetchBelow = async (below: Upload[], signal: AbortSignal) => {
    const start = below.length > 0 ? turn.current % below.length : 0;
    turn.current += BELOW_PER_POLL;
    const chosen = below.slice(start, start + BELOW_PER_POLL);
    return new Map(
      await Promise.all(
        chosen.map(async ({ upload_id: id }) => [id, await findUpload(id, signal)] as const),
      ),
    );
  };

  const reload = usePolling(refresh, pollingInterval(listing, error));
  const more = useNextPage(
    listing?.nextCursor ?? null,
    (cursor, signal) => fetchPage({ limit: NEXT, cursor }, signal),
    (cursor, page) => setListing((current) => current && withNextPage(current, cursor, page)),
  );
  const isSilent = !online || error instanceof UnreachableError;
  const kept = useKeptListing(question, isSilent);
  useKeepListing(question, listing);

  return {
    ...shown(listing && { value: listing, at: isSilent ? heardAt : null }, kept),
    error,
    reload,
    more,
  };
}

function shown(
  loaded: { value: Listing; at: Date | null } | null,
  kept: Kept<Listing> | null,
): Pick<Uploads, 'listing' | 'asOf' | 'isKept'> {
  const { value: listing, at: asOf } = loaded ?? kept ?? { value: null, at: null };
  return { listing, asOf, isKept: !loaded && kept !== null };
}

function pollingInterval(listing: Listing | null, error: unknown): number {
  if (error) return FAILED_MS;
  return listing?.items.some(isUnderWay) ? BUSY_MS : CALM_MS;
}
