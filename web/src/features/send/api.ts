import { post } from '@/shared/api/client';
import type { Answer } from '@/shared/api/types';

type Upload = Answer<'/api/v1/upload/search', 'post'>['items'][number];

/** An upload of the same study that the gateway has already. */
export type EarlierUpload = Pick<Upload, 'upload_id' | 'created_at' | 'status'>;

const ASKED_FOR = 5;
/** A search for anything. It goes in a body: a study's UID leads to a patient, and has no place in an address. */
const ANY = { status: [], stage: [], service_level: [], modality: [], mine: false };

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
    const search = { ...ANY, limit: ASKED_FOR, study_instance_uid: studyUid };
    const { items } = await post('/api/v1/upload/search', search, { signal });
    return items.filter(({ status }) => status !== 'failed');
  } catch {
    return null;
  }
}
