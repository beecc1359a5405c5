import type { UploadStatus } from './api';

export const STATUSES = [
  'pending',
  'uploading',
  'processing',
  'completed',
  'failed',
] as const satisfies readonly UploadStatus[];

/** Return the status that an address asks for; null, meaning all, for anything else. */
export function statusFrom(search: URLSearchParams): UploadStatus | null {
  return STATUSES.find((status) => status === search.get('status')) ?? null;
}
