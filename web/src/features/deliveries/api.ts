import { get, ONCE, post } from '@/shared/api/client';
import { ApiError } from '@/shared/api/problem';
import type { Answer, Operation, QueryParameters } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

export type Delivery = Answer<'/api/v1/deliveries', 'get'>['items'][number];
export type DeliveryState = Delivery['state'];
export type Instance = Answer<'/api/v1/deliveries/{delivery_id}/instances', 'get'>['items'][number];
export type Outcome = Instance['outcome'];
export type Destination = Answer<'/api/v1/pacs', 'get'>['items'][number];
export type ListQuery = NonNullable<QueryParameters<Operation<'/api/v1/deliveries', 'get'>>>;

/** One page of deliveries, the newest first. */
export function fetchDeliveries(
  query: ListQuery,
  signal: AbortSignal,
): Promise<ListPage<Delivery>> {
  return get('/api/v1/deliveries', { query, signal });
}

export function fetchDelivery(id: string, signal: AbortSignal): Promise<Delivery> {
  return get('/api/v1/deliveries/{delivery_id}', { path: { delivery_id: id }, signal });
}

/** One page of its instances, in the order they were received in. */
export function fetchInstances(
  id: string,
  query: { outcome?: Outcome; limit: number; cursor?: string },
  signal: AbortSignal,
): Promise<ListPage<Instance>> {
  return get('/api/v1/deliveries/{delivery_id}/instances', {
    path: { delivery_id: id },
    query,
    signal,
  });
}

/** What destinations are called; the first 200 are enough to choose from. */
export async function fetchDestinations(signal: AbortSignal): Promise<Destination[]> {
  return (await get('/api/v1/pacs', { query: { limit: 200 }, signal })).items;
}

export function retry(id: string): Promise<Delivery> {
  return post('/api/v1/deliveries/{delivery_id}/retry', undefined, { path: { delivery_id: id } });
}

export function cancel(id: string): Promise<Delivery> {
  return post('/api/v1/deliveries/{delivery_id}/cancel', undefined, {
    path: { delivery_id: id },
    ...ONCE,
  });
}

export interface Retried {
  retried: number;
  skipped: number;
}

/** Try again all that a list shows, step by step; `onStep` hears how far it is. */
export async function retryAll(
  query: ListQuery,
  onStep: (sofar: Retried) => void,
): Promise<Retried> {
  const sum: Retried = { retried: 0, skipped: 0 };
  let cursor: string | null = null;
  do {
    const asked: ListQuery = { ...query, ...(cursor !== null && { cursor }) };
    const done = await post('/api/v1/deliveries/retry', undefined, { query: asked });
    sum.retried += done.retried;
    sum.skipped += done.skipped;
    onStep({ ...sum });
    cursor = done.next_cursor;
  } while (cursor !== null);
  return sum;
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
