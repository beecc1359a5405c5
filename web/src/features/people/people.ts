import type { AccountState, InvitationState, Role, User } from './api';

export const ROLES = [
  'clinician',
  'radiographer',
  'radiologist',
  'admin',
] as const satisfies readonly Role[];

export const ACCOUNT_STATES = [
  'pending',
  'active',
  'disabled',
] as const satisfies readonly AccountState[];

export const INVITATION_STATES = [
  'open',
  'accepted',
  'revoked',
  'expired',
] as const satisfies readonly InvitationState[];

/** As much as the gateway takes of each. */
export const LIMITS = { search: 100, username: 50, full_name: 200, email: 254, site: 200 };

/** What somebody is called: the full name, or the user name where there is none. */
export function nameOf({ full_name: fullName, username }: Pick<User, 'full_name' | 'username'>) {
  return fullName || username;
}

export function roleOf(text: string): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}
