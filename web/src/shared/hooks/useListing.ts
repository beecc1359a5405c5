import { useRef, useState } from 'react';

import { UnreachableError } from '@/shared/api/problem';
import type { Kept } from '@/shared/kept/kept';
import {
  firstPage,
  jointInTurn,
  withFreshTop,
  withNextPage,
  withStretch,
  type ListPage,
  type Listing,
  type Order,
} from '@/shared/listing';

import { useNextPage, type NextPage } from './useNextPage';
import { useOnline } from './useOnline';
import { usePolling } from './usePolling';

const FIRST = 50;
/** Who scrolls on wants more at once. */
const NEXT = 100;
/** As many as the gateway gives: a page that has grown since is still covered. */
const STRETCH = 200;
/** News of the top may come every second; what is far down is asked for no more often than so. */
const STRETCH_MS = 5_000;
const FAILED_MS = 10_000;

/** Where a list comes from. */
export interface Source<Item> {
  fetchPage: (
    page: { limit: number; cursor?: string },
    signal: AbortSignal,
  ) => Promise<ListPage<Item>>;
  order: Order<Item>;
  /** Whether an item may change by itself, so that it is asked about again wherever it stands. */
  moves: (item: Item) => boolean;
  /** How long what is loaded may stand before the gateway is asked again. */
  freshMs: (items: readonly Item[]) => number;
}

export interface LoadedListing<Item> {
  /** Null until the first page is here. */
  listing: Listing<Item> | null;
  /** When the gateway last said so. */
  heardAt: Date | null;
  /** Why the newest state could not be had; the listing, if any, is what was last known. */
  error: unknown;
  /** The gateway cannot be asked now. */
  isSilent: boolean;
  reload: () => void;
  /** Whether the gateway is being asked right now. */
  isAsking: () => boolean;
  more: NextPage;
}

/**
 * A list of the gateway as far as it is loaded, kept up to date: its top, and the stretches below in turn.
 *
 * Mount it anew for another question.
 */
export function useListing<Item>({
  fetchPage,
  order,
  moves,
  freshMs,
}: Source<Item>): LoadedListing<Item> {
  const [listing, setListing] = useState<Listing<Item> | null>(null);
  const [heardAt, setHeardAt] = useState<Date | null>(null);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);
  const stretchedAt = useRef(-Infinity);
  const asking = useRef(0);
  const online = useOnline();

  const refresh = async (signal: AbortSignal) => {
    const joint = nextJoint();
    asking.current += 1;
    try {
      const [top, stretch] = await Promise.all([
        fetchPage({ limit: FIRST }, signal),
        joint && fetchPage({ limit: STRETCH, cursor: joint.cursor }, signal),
      ]);
      if (signal.aborted) return;
      setListing((current) => {
        if (!current) return firstPage(top);
        const fresh = withFreshTop(current, top, order);
        return joint && stretch && fresh.joints.includes(joint)
          ? withStretch(fresh, joint, stretch, order)
          : fresh;
      });
      setHeardAt(new Date());
      setError(null);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    } finally {
      asking.current -= 1;
    }
  };

  const nextJoint = () => {
    if (!listing || Date.now() - stretchedAt.current < STRETCH_MS) return null;
    const joint = jointInTurn(listing, turn.current, moves, order);
    if (!joint) return null;
    turn.current += 1;
    stretchedAt.current = Date.now();
    return joint;
  };

  const reload = usePolling(refresh, error ? FAILED_MS : freshMs(listing?.items ?? []));
  const more = useNextPage(
    listing?.nextCursor ?? null,
    (cursor, signal) => fetchPage({ limit: NEXT, cursor }, signal),
    (cursor, page) =>
      setListing((current) => current && withNextPage(current, cursor, page, order)),
  );
  const isSilent = !online || error instanceof UnreachableError;
  const isAsking = () => asking.current > 0;
  return { listing, heardAt, error, isSilent, reload, isAsking, more };
}

export interface ShownListing<Item> {
  /** Null until the first page, or what is kept on this device, is here. */
  listing: Listing<Item> | null;
  error: unknown;
  /** When the gateway said so, where it cannot be asked now; null while the listing is up to date. */
  asOf: Date | null;
  /** The listing is what this device keeps: the gateway has not answered yet. */
  isKept: boolean;
  reload: () => void;
  more: NextPage;
}

/** What is loaded, or until then what this device keeps. */
export function withKept<Item>(
  { listing, heardAt, isSilent, error, reload, more }: LoadedListing<Item>,
  kept: Kept<Listing<Item>> | null,
): ShownListing<Item> {
  const rest = { error, reload, more };
  if (listing) return { ...rest, listing, asOf: isSilent ? heardAt : null, isKept: false };
  return { ...rest, listing: kept?.value ?? null, asOf: kept?.at ?? null, isKept: kept !== null };
}
