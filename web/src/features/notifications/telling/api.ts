import { get, post, put, remove } from '@/shared/api/client';
import type { Answer, Body } from '@/shared/api/types';

export type Telling = Answer<'/api/v1/notifications/preferences', 'get'>;
export type Choice = Telling['choices'][number];
export type PushOffer = Telling['channels']['push'];
type Change = Body<'/api/v1/notifications/preferences', 'put'>;
type Browser = Body<'/api/v1/notifications/push', 'post'>;

export function fetchTelling(signal?: AbortSignal): Promise<Telling> {
  return get('/api/v1/notifications/preferences', signal ? { signal } : {});
}

/** Types that `change` does not name stay as they are, so that nothing of another tab is overwritten. */
export function saveTelling(change: Change): Promise<Telling> {
  return put('/api/v1/notifications/preferences', change);
}

/** Have the gateway tell the signed-in person by this browser. Returns the id by which that is ended. */
export async function addBrowser(subscription: PushSubscription): Promise<string> {
  const { id } = await post('/api/v1/notifications/push', subscription.toJSON() as Browser);
  return id;
}

export async function removeBrowser(id: string): Promise<void> {
  await remove('/api/v1/notifications/push/{subscription_id}', { path: { subscription_id: id } });
}

export async function sendTestPush(id: string): Promise<void> {
  await post('/api/v1/notifications/push/{subscription_id}/test', undefined, {
    path: { subscription_id: id },
  });
}

export async function sendTestEmail(): Promise<void> {
  await post('/api/v1/notifications/test-email', undefined);
}
