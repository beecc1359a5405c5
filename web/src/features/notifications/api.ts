import { get, post } from '@/shared/api/client';
import type { Answer, Operation, QueryParameters } from '@/shared/api/types';

export type NotificationPage = Answer<'/api/v1/notifications', 'get'>;
/** Not `Notification`: browsers have one of that name, which is another thing. */
export type NotificationItem = NotificationPage['items'][number];
export type NotificationType = NotificationItem['type'];

type ListQuery = QueryParameters<Operation<'/api/v1/notifications', 'get'>>;

export const STREAM = '/api/v1/notifications/stream';
/** The server says something at least this often; it looks for news itself so often too. */
export const HEARTBEAT_MS = 15_000;

/** One page of what the signed-in person was told, newest first, with how much of everything is unread. */
export function fetchNotifications(
  query: ListQuery,
  signal: AbortSignal,
): Promise<NotificationPage> {
  return get('/api/v1/notifications', { query, signal });
}

export async function markRead(id: string): Promise<void> {
  await post('/api/v1/notifications/{notification_id}/read', undefined, {
    path: { notification_id: id },
  });
}

export async function markAllRead(): Promise<void> {
  await post('/api/v1/notifications/read-all', undefined);
}

/** Read what an event of the stream carries; null where it is nothing that this version can show. */
export function itemFrom(data: string): NotificationItem | null {
  try {
    const value = JSON.parse(data) as Partial<NotificationItem> | null;
    const known = typeof value?.id === 'string' && typeof value.type === 'string';
    return known ? { ...BLANK, ...(value as NotificationItem) } : null;
  } catch {
    return null;
  }
}

const BLANK = { message: '', related_id: null, is_read: false, created_at: '' };
