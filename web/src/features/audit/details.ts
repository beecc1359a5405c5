/** What details of events are called, for which there are words. Others are shown as they stand in the trail. */
export const DETAILS = [
  'role',
  'state',
  'full_name',
  'email',
  'site_id',
  'totp_enabled',
  'fields',
  'sessions',
  'reason',
  'method',
  'second_factor',
  'action',
  'uploads',
  'upload_id',
  'report_id',
  'reports',
  'destination_id',
  'found',
  'how',
  'version_id',
  'taken_from',
  'kind',
  'number',
  'is_critical',
  'owner',
  'origin',
  'source',
  'stage',
  'forced',
  'kept_ahead',
  'version',
  'people',
  'actor_id',
  'actor_name',
  'object_id',
  'outcome',
  'since',
  'until',
  'address',
  'up_to',
] as const;
export type Detail = (typeof DETAILS)[number];

/** Return the name of a detail, where there are words for it. */
export function detailOf(name: string): Detail | null {
  return DETAILS.find((known) => known === name) ?? null;
}

/** Return a detail's value as text: lists one after the other, and what is nested as it stands in the trail. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** Values of details that are codes, for which there are words. */
export const VALUES = [
  'pending',
  'active',
  'disabled',
  'on',
  'off',
  'password',
  'oidc',
  'invalid-credentials',
  'account-not-active',
  'too-many-failures',
  'single-sign-on-refused',
  'refresh-token-reused',
  'proof-refused',
  'preliminary',
  'final',
  'addendum',
  'confirm',
  'drop',
  'split',
  'read',
  'phone',
  'in_person',
  'received',
  'validated',
  'delivering',
  'verified',
  'held',
  'rejected',
  'duplicate',
  'cancelled',
  'expired',
  'different',
  'absent',
  'success',
  'failure',
] as const;
export type Value = (typeof VALUES)[number];

/** Return the code, where there are words for it. */
export function valueOf(text: string): Value | null {
  return VALUES.find((known) => known === text) ?? null;
}
