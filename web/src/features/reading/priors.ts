import { get } from '@/shared/api/client';
import type { Answer } from '@/shared/api/types';

/** Another report of the patient, with what was signed last; its texts are null while nothing is. */
export type Prior = Answer<'/api/v1/reports/{report_id}/priors', 'get'>['items'][number];

/** What else is known of the patient, the newest study first. */
export async function fetchPriors(reportId: string, signal: AbortSignal): Promise<Prior[]> {
  const path = { report_id: reportId };
  return (await get('/api/v1/reports/{report_id}/priors', { path, signal })).items;
}
