import { forget, keep, recall, type Kept } from '@/shared/kept/kept';
import { firstPage, withFreshTop, type Listing } from '@/shared/listing';

import type { Upload } from './api';
import { NEWEST_FIRST } from './listing';

/* What of the uploads is there without network: docs/adr/0020-kept-for-offline.md */

export const KEPT_LIST = 'uploads';
export const NEWEST = 'newest';
export const KEPT_UPLOAD = 'upload';
export const KEPT_INSTANCES = 'instances';

const MOST_LISTED = 200;
const MOST_OPENED = 200;
const MOST_INSTANCES = 50;

/** Keep the newest of what is loaded, and below it what was loaded before. */
export async function keepListing({ items, nextCursor }: Listing<Upload>): Promise<void> {
  const kept = await recall<Upload[]>(KEPT_LIST, NEWEST);
  const before = firstPage({ items: kept?.value ?? [] });
  const whole = withFreshTop(before, { items, next_cursor: nextCursor }, NEWEST_FIRST);
  await keep(KEPT_LIST, NEWEST, whole.items.slice(0, MOST_LISTED), { records: 1 });
}

export function keepUpload(upload: Upload): Promise<void> {
  return keep(KEPT_UPLOAD, upload.upload_id, upload, { records: MOST_OPENED });
}

/** Return an upload that was opened before, or at least stood in the list. */
export async function recallUpload(uploadId: string): Promise<Kept<Upload> | null> {
  const [opened, list] = await Promise.all([
    recall<Upload>(KEPT_UPLOAD, uploadId),
    recall<Upload[]>(KEPT_LIST, NEWEST),
  ]);
  const listed = list?.value.find((upload) => upload.upload_id === uploadId);
  if (!list || !listed || (opened && opened.at >= list.at)) return opened;
  return { value: listed, at: list.at };
}

/** The gateway says that it is gone. */
export async function forgetUpload(uploadId: string): Promise<void> {
  await forget(KEPT_UPLOAD, uploadId);
  await forget(KEPT_INSTANCES, uploadId);
}

export function keepInstances(uploadId: string, instances: unknown): Promise<void> {
  return keep(KEPT_INSTANCES, uploadId, instances, { records: MOST_INSTANCES });
}
