import type { Upload, UploadPage } from './api';
import { isUnderWay } from './state';

/** The part of the list that is loaded: from the newest upload down, without gaps. */
export interface Listing {
  items: Upload[];
  /** Where the rest begins; null at the end. */
  nextCursor: string | null;
}

export function firstPage(page: UploadPage): Listing {
  return { items: page.items, nextCursor: page.next_cursor ?? null };
}

/** Put the next page under what is loaded, unless the list was begun anew since `cursor` was taken from it. */
export function withNextPage(listing: Listing, cursor: string, page: UploadPage): Listing {
  if (listing.nextCursor !== cursor) return listing;
  const known = new Set(listing.items.map((upload) => upload.upload_id));
  return {
    items: [...listing.items, ...page.items.filter((upload) => !known.has(upload.upload_id))],
    nextCursor: page.next_cursor ?? null,
  };
}

/**
 * Replace the top of the list by what the server says now, and keep what is loaded below it.
 *
 * Where the two no longer meet (more new uploads than a page holds), the list begins anew.
 */
export function withFreshTop(listing: Listing, page: UploadPage): Listing {
  const last = page.items.at(-1);
  if (!last || page.next_cursor === null) return firstPage(page);
  const seam = listing.items.findIndex((upload) => upload.upload_id === last.upload_id);
  if (seam === -1) return firstPage(page);
  const below = listing.items.slice(seam + 1);
  return below.length > 0
    ? { items: [...page.items, ...below], nextCursor: listing.nextCursor }
    : firstPage(page);
}

/** Bring single uploads up to date; those that are gone (null) or no longer fit leave the list. */
export function withUpdates(
  listing: Listing,
  updates: ReadonlyMap<string, Upload | null>,
  stillFits: (upload: Upload) => boolean,
): Listing {
  if (updates.size === 0) return listing;
  const items = listing.items.flatMap((upload) => {
    const update = updates.get(upload.upload_id);
    if (update === undefined) return [upload];
    return update && stillFits(update) ? [update] : [];
  });
  return { ...listing, items };
}

/** Return the uploads that still move but are too far down for the first page to bring them up to date. */
export function movingBelow(listing: Listing, page: UploadPage): Upload[] {
  const fresh = new Set(page.items.map((upload) => upload.upload_id));
  return listing.items.filter((upload) => isUnderWay(upload) && !fresh.has(upload.upload_id));
}
