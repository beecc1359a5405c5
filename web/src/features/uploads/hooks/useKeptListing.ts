import { useMemo } from 'react';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { useKeeping } from '@/shared/hooks/useKeeping';
import { useKept } from '@/shared/hooks/useKept';
import type { Kept } from '@/shared/kept/kept';
import { firstPage, type Listing } from '@/shared/listing';

import type { Upload } from '../api';
import { fits } from '../filter';
import { KEPT_LIST, keepListing, NEWEST } from '../history';
import { asksForAll, type Question } from '../question';
import { isFoundBy } from '../words';

/**
 * What of the uploads that this device keeps is an answer to the question; null where it keeps none at all.
 *
 * The whole list is shown at once, before the gateway answers. What somebody looks for is looked for here only where
 * the gateway is silent: the few that are kept would be taken for all.
 */
export function useKeptListing(
  question: Question,
  isSilent: boolean,
): Kept<Listing<Upload>> | null {
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
    return { at: kept.at, value: firstPage({ items, next_cursor: null }) };
  }, [kept, isOfUse, filter, words, me]);
}

/** Keep what is loaded of all uploads on this device. A narrowed list is no history. */
export function useKeepListing(question: Question, listing: Listing<Upload> | null): void {
  useKeeping(asksForAll(question) ? listing : null, keepListing);
}
