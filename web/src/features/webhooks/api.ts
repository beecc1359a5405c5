import { get, ONCE, patch, post, remove } from '@/shared/api/client';
import { ApiError } from '@/shared/api/problem';
import type { Answer, Body } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

type One = '/api/v1/webhooks/{webhook_id}';
export type Webhook = Answer<One, 'get'>;
export type Type = Webhook['types'][number];
export type Message = Answer<'/api/v1/webhooks/{webhook_id}/messages', 'get'>['items'][number];
export type Site = Answer<'/api/v1/sites', 'get'>['items'][number];
type New = Body<'/api/v1/webhooks', 'post'>;
type Change = Body<One, 'patch'>;

const PER_PAGE = 200;

/** Every webhook, the oldest first, and the names of all sites. */
export async function fetchWebhooks(
  signal: AbortSignal,
): Promise<{ webhooks: Webhook[]; sites: Site[] }> {
  const [webhooks, sites] = await Promise.all([
    all((query) => get('/api/v1/webhooks', { query, signal })),
    fetchSites(signal),
  ]);
  return { webhooks, sites };
}

export function fetchSites(signal: AbortSignal): Promise<Site[]> {
  return all((query) => get('/api/v1/sites', { query, signal }));
}

/** One webhook, and the name of its site. */
export async function fetchWebhook(
  id: string,
  signal: AbortSignal,
): Promise<{ webhook: Webhook; site: string }> {
  const webhook = await get('/api/v1/webhooks/{webhook_id}', { path: { webhook_id: id }, signal });
  const site = await get('/api/v1/sites/{site_id}', { path: { site_id: webhook.site_id }, signal });
  return { webhook, site: site.name };
}

/** What was to be sent there in the last month, the newest first. */
export function fetchMessages(
  id: string,
  query: { limit: number; cursor?: string },
  signal: AbortSignal,
): Promise<ListPage<Message>> {
  return get('/api/v1/webhooks/{webhook_id}/messages', { path: { webhook_id: id }, query, signal });
}

interface Secret {
  webhook: Webhook;
  /** What calls are signed with; never given out again. */
  secret: string;
}

/** Not repeated where no answer comes: there would be two. */
export async function createWebhook(made: New): Promise<Secret> {
  return withSecret(await post('/api/v1/webhooks', made, ONCE));
}

/** Raises ApiError `stale-edit` where somebody has changed it since this version. */
export async function changeWebhook(
  { id, version }: Pick<Webhook, 'id' | 'version'>,
  change: Partial<Change>,
): Promise<Webhook> {
  return patch('/api/v1/webhooks/{webhook_id}', { new_secret: false, ...change }, of(id, version));
}

/** Raises as `changeWebhook`. */
export async function renewSecret({ id, version }: Webhook): Promise<Secret> {
  const change = { new_secret: true };
  return withSecret(await patch('/api/v1/webhooks/{webhook_id}', change, of(id, version)));
}

/** Remove it; that it is gone already is as good. Raises as `changeWebhook`. */
export async function removeWebhook({ id, version }: Webhook): Promise<void> {
  try {
    await remove('/api/v1/webhooks/{webhook_id}', of(id, version));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Call it now. Returns the milliseconds that took; raises ApiError `webhook-unavailable` with what is wrong. */
export async function testWebhook({ id }: Webhook): Promise<number> {
  const path = { webhook_id: id };
  return (await post('/api/v1/webhooks/{webhook_id}/test', undefined, { path, ...ONCE }))
    .milliseconds;
}

export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'stale-edit';
}

/** The gateway takes no such id, or has no such webhook. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && [400, 404].includes(error.status);
}

function of(id: string, version: number) {
  return { path: { webhook_id: id }, ifMatch: `"${version}"`, ...ONCE };
}

function withSecret({ secret, ...webhook }: Answer<'/api/v1/webhooks', 'post'>): Secret {
  return { webhook, secret: secret ?? '' };
}

async function all<Item>(
  page: (query: { limit: number; cursor?: string }) => Promise<ListPage<Item>>,
): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const { items, next_cursor: next }: ListPage<Item> = await page({
      limit: PER_PAGE,
      ...(cursor !== null && { cursor }),
    });
    found.push(...items);
    cursor = next ?? null;
  } while (cursor !== null);
  return found;
}
