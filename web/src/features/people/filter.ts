import type { AccountState, Role, UserQuery } from './api';
import { ACCOUNT_STATES, LIMITS, ROLES } from './people';

/** Which accounts the list shows; null, and an empty text, stand for all. */
export interface UserFilter {
  /** A part of a name or an e-mail address. */
  text: string;
  role: Role | null;
  state: AccountState | null;
  siteId: string | null;
}

export const EVERYBODY: UserFilter = { text: '', role: null, state: null, siteId: null };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Return what an address asks for; what it says that makes no sense counts as not said. */
export function filterFrom(address: URLSearchParams): UserFilter {
  const siteId = address.get('site');
  return {
    text: (address.get('q') ?? '').trim().slice(0, LIMITS.search),
    role: ROLES.find((role) => role === address.get('role')) ?? null,
    state: ACCOUNT_STATES.find((state) => state === address.get('state')) ?? null,
    siteId: siteId && ID.test(siteId) ? siteId : null,
  };
}

/** Return the part of an address that asks for this. */
export function addressOf({ text, role, state, siteId }: UserFilter): URLSearchParams {
  return new URLSearchParams({
    ...(text && { q: text }),
    ...(role && { role }),
    ...(state && { state }),
    ...(siteId && { site: siteId }),
  });
}

/** Return what the API is asked for. */
export function queryOf({ text, role, state, siteId }: UserFilter): UserQuery {
  return {
    ...(text && { q: text }),
    ...(role && { role }),
    ...(state && { state }),
    ...(siteId && { site_id: siteId }),
  };
}

/** The names of what is narrowed, in the order of the form. */
export function narrowedBy(filter: UserFilter): (keyof UserFilter)[] {
  return (['text', 'role', 'state', 'siteId'] as const).filter((name) => Boolean(filter[name]));
}
