import { useRef, useState } from 'react';

import { useNextPage, type NextPage } from '@/shared/hooks/useNextPage';
import { usePolling } from '@/shared/hooks/usePolling';

import { fetchUploads, findUpload, type Upload, type UploadStatus } from '../api';
import {
  firstPage,
  movingBelow,
  withFreshTop,
  withNextPage,
  withUpdates,
  type Listing,
} from '../listing';
import { isUnderWay } from '../state';

const PAGE = 50;
const BUSY_MS = 4_000;
const FAILED_MS = 10_000;
const CALM_MS = 30_000;
/** How many uploads below the first page one poll asks about; the next poll takes the next ones. */
const BELOW_PER_POLL = 5;

interface Uploads {
  /** Null until the first page is here. */
  listing: Listing | null;
  /** Why the newest state could not be had; the listing, if any, is what was last known. */
  error: unknown;
  reload: () => void;
  more: NextPage;
}

/** The uploads with this status (null: all), kept up to date. Mount it anew for another status. */
export function useUploads(status: UploadStatus | null): Uploads {
  const [listing, setListing] = useState<Listing | null>(null);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);

  const refresh = async (signal: AbortSignal) => {
    try {
      const page = await fetchUploads({ limit: PAGE, ...(status && { status: [status] }) }, signal);
      const updates = await fetchBelow(listing ? movingBelow(listing, page) : [], signal);
      if (signal.aborted) return;
      setListing((current) =>
        current ? withUpdates(withFreshTop(current, page), updates, status) : firstPage(page),
      );
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
    (cursor, signal) =>
      fetchUploads({ limit: PAGE, cursor, ...(status && { status: [status] }) }, signal),
    (cursor, page) => setListing((current) => current && withNextPage(current, cursor, page)),
  );

  return { listing, error, reload, more };
}

function pollingInterval(listing: Listing | null, error: unknown): number {
  if (error) return FAILED_MS;
  return listing?.items.some(isUnderWay) ? BUSY_MS : CALM_MS;
}
