import { ApiError } from '@/shared/api/problem';

/** Return the gateway's sentence when a one-time link was used or is too old; null for everything else. */
export function linkRefusal(error: unknown): string | null {
  if (!(error instanceof ApiError && error.code === 'link-invalid')) return null;
  return error.detail || error.title;
}
