import { get, ONCE, post } from '@/shared/api/client';
import type { Answer, Operation, QueryParameters } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

/** One study that is to be read, or was. */
export type Study = Answer<'/api/v1/reports', 'get'>['items'][number];
export type StudyStatus = Study['status'];
export type Site = Answer<'/api/v1/reports/sites', 'get'>[number];

export type ListQuery = NonNullable<QueryParameters<Operation<'/api/v1/reports', 'get'>>>;

/** One page of what is to be read, the most urgent first. */
export function fetchStudies(query: ListQuery, signal: AbortSignal): Promise<ListPage<Study>> {
  return get('/api/v1/reports', { query, signal });
}

/** Every site that studies come from, by name. */
export function fetchSites(signal: AbortSignal): Promise<Site[]> {
  return get('/api/v1/reports/sites', { signal });
}

/** Take a study from who has it open. For administrators. */
export async function takeOver(id: string): Promise<void> {
  const call = { path: { report_id: id }, query: { take_over: true } };
  await post('/api/v1/reports/{report_id}/claim', undefined, { ...call, ...ONCE });
}

/** Let go of a study that one has open: anybody may read it. */
export async function release(id: string): Promise<void> {
  await post('/api/v1/reports/{report_id}/release', undefined, {
    path: { report_id: id },
    ...ONCE,
  });
}
