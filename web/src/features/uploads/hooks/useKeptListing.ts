import { useEffect, useMemo, useRef } from 'react';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { useKept } from '@/shared/hooks/useKept';
import type { Kept } from '@/shared/kept/kept';

import type { Upload } from '../api';
import { fits } from '../filter';
import { KEPT_LIST, keepListing, NEWEST } from '../history';
import type { Listing } from '../listing';
import { asksForAll, type Question } from '../question';
import { isFoundBy } from '../words';

/** Often enough for a network that fails without a word; polls come every few seconds. */
const KEEP_EVERY_MS = 15_000;

/**
 * What of the uploads that this device keeps is an answer to the question; null where it keeps none at all.
 *
 * The whole list is shown at once, before the gateway answers. What somebody looks for is looked for here only where
 * the gateway is silent: the few that are kept would be taken for all.
 */
export function useKeptListing(question: Question, isSilent: boolean): Kept<Listing> | null {
  const { filter, words } = question;
  const isOfUse = isSilent || asksForAll(question);
  const kept = useKept<Upload[]>(KEPT_LIST, NEWEST);
  const user = useCurrentUser();
  const me = user ? user.full_name || user.username : undefined;
  return useMemo(() => {
    if (!kept || !isOfUse) return null;
    const now = new Date();
    const items = kept.value.filter(
      (upload) => fits(upload, filter, now, me) && (!words || isFoundBy(upload, words)),
    );
    return { at: kept.at, value: { items, nextCursor: null } };
  }, [kept, isOfUse, filter, words, me]);
}

/** Keep what is loaded of all uploads on this device. A narrowed list is no history. */
export function useKeepListing(question: Question, listing: Listing | null): void {
  const last = useRef(0);
  const isAll = asksForAll(question);

  useEffect(() => {
    if (!isAll || !listing || Date.now() - last.current < KEEP_EVERY_MS) return;
    last.current = Date.now();
    void keepListing(listing);
  }, [isAll, listing]);
}
