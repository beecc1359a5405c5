import { get } from '@/shared/api/client';
import type { Answer } from '@/shared/api/types';

type Upload = Answer<'/api/v1/upload', 'get'>['items'][number];

/** An upload of the same study that the gateway has already. */
export type EarlierUpload = Pick<Upload, 'upload_id' | 'created_at' | 'status'>;

const ASKED_FOR = 5;

/**
 * Return the uploads of a study that the signed-in person may see and that did not fail, the newest first.
 *
 * Null where the gateway can't be asked: not knowing must not keep anybody from sending.
 */
export async function findEarlierUploads(
  studyUid: string,
  signal: AbortSignal,
): Promise<EarlierUpload[] | null> {
  try {
    const query = { limit: ASKED_FOR, study_instance_uid: studyUid };
    const { items } = await get('/api/v1/upload', { query, signal });
    return items.filter(({ status }) => status !== 'failed');
  } catch {
    return null;
  }
}
