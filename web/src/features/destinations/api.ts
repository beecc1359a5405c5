import { get, ONCE, patch, post, remove } from '@/shared/api/client';
import { ApiError } from '@/shared/api/problem';
import type { Answer, Body } from '@/shared/api/types';

export type Destination = Answer<'/api/v1/pacs', 'get'>['items'][number];
export type NewDestination = Body<'/api/v1/pacs', 'post'>;
export type Change = Body<'/api/v1/pacs/{pacs_id}', 'patch'>;
export type Kind = Destination['kind'];
export type Rule = Destination['rule'];
export type Example = Body<'/api/v1/pacs/route', 'post'>;
export type Candidate = NonNullable<Example['candidate']>;
export type RoutedStudy = Answer<'/api/v1/pacs/route', 'post'>['studies'][number];
export type Site = Answer<'/api/v1/sites', 'get'>['items'][number];
export type Upload = Answer<'/api/v1/upload', 'get'>['items'][number];

const PAGE = 200;
/** Longer than the gateway waits for a PACS. */
const ECHO_MS = 25_000;

/** Every destination; there are few. */
export async function fetchDestinations(signal?: AbortSignal): Promise<Destination[]> {
  return all((cursor) => {
    const query = { limit: PAGE, ...(cursor && { cursor }) };
    return get('/api/v1/pacs', { query, ...(signal && { signal }) });
  });
}

export function fetchDestination(id: string, signal?: AbortSignal): Promise<Destination> {
  return get('/api/v1/pacs/{pacs_id}', { path: { pacs_id: id }, ...(signal && { signal }) });
}

export function createDestination(made: NewDestination): Promise<Destination> {
  return post('/api/v1/pacs', made, ONCE);
}

/** Raises ApiError `stale-edit` where somebody has changed it since this version. */
export function changeDestination(
  { id, version }: Pick<Destination, 'id' | 'version'>,
  change: Change,
): Promise<Destination> {
  return patch('/api/v1/pacs/{pacs_id}', change, {
    path: { pacs_id: id },
    ifMatch: `"${version}"`,
    ...ONCE,
  });
}

/** Raises as `changeDestination`, and `destination-in-use` while something is on its way there. */
export async function removeDestination({ id, version }: Destination): Promise<void> {
  await remove('/api/v1/pacs/{pacs_id}', { path: { pacs_id: id }, ifMatch: `"${version}"` });
}

/** Have the gateway speak with it; return how many milliseconds that took. Raises `pacs-unavailable`. */
export async function echo(id: string): Promise<number> {
  const answer = await post('/api/v1/pacs/{pacs_id}/echo', undefined, {
    path: { pacs_id: id },
    timeoutMs: ECHO_MS,
    ...ONCE,
  });
  return answer.milliseconds;
}

export async function tryRoute(example: Example): Promise<RoutedStudy[]> {
  return (await post('/api/v1/pacs/route', example)).studies;
}

export async function fetchSites(signal: AbortSignal): Promise<Site[]> {
  return all((cursor) =>
    get('/api/v1/sites', { query: { limit: PAGE, ...(cursor && { cursor }) }, signal }),
  );
}

/** The latest of what was received, to try rules on. */
export async function fetchLatestUploads(signal: AbortSignal): Promise<Upload[]> {
  return (await get('/api/v1/upload', { query: { limit: 20 }, signal })).items;
}

export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'stale-edit';
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'destination-not-found';
}

async function all<Item>(
  page: (cursor: string | null) => Promise<{ items: Item[]; next_cursor?: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const found: { items: Item[]; next_cursor?: string | null } = await page(cursor);
    items.push(...found.items);
    cursor = found.next_cursor ?? null;
  } while (cursor !== null);
  return items;
}
