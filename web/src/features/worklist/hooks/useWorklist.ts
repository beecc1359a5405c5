import { useMemo } from 'react';

import { useKeeping } from '@/shared/hooks/useKeeping';
import { useKept } from '@/shared/hooks/useKept';
import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import { keep, type Kept } from '@/shared/kept/kept';
import { firstPage, type Listing } from '@/shared/listing';

import { fetchStudies, type Study } from '../api';
import { orderOf } from '../order';
import { fits, narrowedBy, queryOf, SHARES, type View } from '../view';

import { useNews } from './useNews';

/** News come by themselves; this finds what was missed. */
const POLL_MS = 15_000;
const KEPT_WORKLIST = 'worklist';
const MOST_KEPT = 200;

/** What a view of the worklist shows, kept up to date. Mount it anew for another one. */
export function useWorklist(view: View): ShownListing<Study> {
  const loaded = useListing({
    fetchPage: (page, signal) => fetchStudies({ ...queryOf(view), ...page }, signal),
    order: orderOf(view),
    moves: () => true,
    freshMs: () => POLL_MS,
  });
  useNews(loaded.reload, loaded.isAsking);
  useKeeping(narrowedBy(view).length === 0 ? loaded.listing : null, ({ items }) =>
    keep(KEPT_WORKLIST, view.share, items.slice(0, MOST_KEPT), { records: SHARES.length }),
  );
  return withKept(loaded, useKeptWorklist(view, loaded.isSilent));
}

/**
 * What of the worklist this device keeps; null where that is nothing.
 *
 * It is shown at once, before the gateway answers, unless the list is narrowed: the few that are kept would be taken for all.
 */
function useKeptWorklist(view: View, isSilent: boolean): Kept<Listing<Study>> | null {
  const kept = useKept<Study[]>(KEPT_WORKLIST, view.share);
  const isOfUse = isSilent || narrowedBy(view).length === 0;
  return useMemo(() => {
    if (!kept || !isOfUse) return null;
    const items = kept.value.filter((study) => fits(study, view));
    return { at: kept.at, value: firstPage({ items }) };
  }, [kept, isOfUse, view]);
}
