import { get, ONCE, patch, post, remove } from '@/shared/api/client';
import { ApiError } from '@/shared/api/problem';
import type { Answer, Body, Operation, QueryParameters } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

export type User = Answer<'/api/v1/users/{user_id}', 'get'>;
export type Role = User['role'];
export type AccountState = User['state'];
export type UserQuery = NonNullable<QueryParameters<Operation<'/api/v1/users', 'get'>>>;
export type UserCounts = Answer<'/api/v1/users/counts', 'get'>;
export type SignIn = Answer<'/api/v1/users/{user_id}/sessions', 'get'>['items'][number];
/** A link that works once; the gateway never shows it again. */
export type OneTimeLink = Answer<'/api/v1/users/{user_id}/reset-password', 'post'>;
type NewUser = Body<'/api/v1/users', 'post'>;
type UserChange = Body<'/api/v1/users/{user_id}', 'patch'>;

export type Site = Answer<'/api/v1/sites/{site_id}', 'get'>;
export type SiteName = Answer<'/api/v1/reports/sites', 'get'>[number];
type SiteQuery = NonNullable<QueryParameters<Operation<'/api/v1/sites', 'get'>>>;

export type Invitation = Answer<'/api/v1/invitations', 'get'>['items'][number];
export type InvitationState = Invitation['state'];
type InvitationQuery = NonNullable<QueryParameters<Operation<'/api/v1/invitations', 'get'>>>;
type NewInvitation = Body<'/api/v1/invitations', 'post'>;

// -- users ---------------------------------------------------------------------------------------------------------

/** One page of the accounts, the newest first. */
export function fetchUsers(query: UserQuery, signal: AbortSignal): Promise<ListPage<User>> {
  return get('/api/v1/users', { query: { ...query, order: 'newest' }, signal });
}

export function fetchUserCounts(signal: AbortSignal): Promise<UserCounts> {
  return get('/api/v1/users/counts', { signal });
}

export function fetchUser(id: User['id'], signal?: AbortSignal): Promise<User> {
  return get('/api/v1/users/{user_id}', { path: { user_id: id }, ...(signal && { signal }) });
}

/** Make an account without a password, and the link by which its owner sets one. */
export async function createUser(
  facts: NewUser,
): Promise<{ user: User; link: OneTimeLink | null }> {
  const { link, ...user } = await post('/api/v1/users', facts, ONCE);
  return { user, link: link ?? null };
}

/** Raises ApiError `stale-edit` where somebody has changed the account since this version. */
export function changeUser(
  { id, version }: Pick<User, 'id' | 'version'>,
  change: UserChange,
): Promise<User> {
  return patch('/api/v1/users/{user_id}', change, {
    path: { user_id: id },
    ifMatch: `"${version}"`,
    ...ONCE,
  });
}

/** Earlier links of the user stop working. */
export function makeResetLink(id: User['id']): Promise<OneTimeLink> {
  return post('/api/v1/users/{user_id}/reset-password', undefined, {
    path: { user_id: id },
    ...ONCE,
  });
}

export async function fetchSessions(id: User['id'], signal: AbortSignal): Promise<SignIn[]> {
  const answer = await get('/api/v1/users/{user_id}/sessions', { path: { user_id: id }, signal });
  return answer.items;
}

export async function endSessions(id: User['id']): Promise<void> {
  await remove('/api/v1/users/{user_id}/sessions', { path: { user_id: id } });
}

// -- sites ---------------------------------------------------------------------------------------------------------

export function fetchSites(query: SiteQuery, signal: AbortSignal): Promise<ListPage<Site>> {
  return get('/api/v1/sites', { query, signal });
}

/** Every site by its name: there are hundreds at most. */
export function fetchSiteNames(signal: AbortSignal): Promise<SiteName[]> {
  return get('/api/v1/reports/sites', { signal });
}

export function fetchSite(id: Site['id']): Promise<Site> {
  return get('/api/v1/sites/{site_id}', { path: { site_id: id } });
}

export function createSite(name: string): Promise<Site> {
  return post('/api/v1/sites', { name }, ONCE);
}

/** Raises as `changeUser`. */
export function renameSite({ id, version }: Pick<Site, 'id' | 'version'>, name: string) {
  return patch(
    '/api/v1/sites/{site_id}',
    { name },
    { path: { site_id: id }, ifMatch: `"${version}"`, ...ONCE },
  );
}

// -- invitations ---------------------------------------------------------------------------------------------------

/** One page of the invitations, the newest first. */
export function fetchInvitations(
  query: InvitationQuery,
  signal: AbortSignal,
): Promise<ListPage<Invitation>> {
  return get('/api/v1/invitations', { query, signal });
}

export async function createInvitation(facts: NewInvitation): Promise<OneTimeLink> {
  return (await post('/api/v1/invitations', facts, ONCE)).link;
}

/** Once more does nothing. Raises ApiError `invitation-closed` where somebody has accepted it. */
export async function revokeInvitation({ id }: Pick<Invitation, 'id'>): Promise<void> {
  const path = { invitation_id: id };
  await patch('/api/v1/invitations/{invitation_id}', { revoked: true }, { path });
}

// -- what the gateway refuses --------------------------------------------------------------------------------------

export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'stale-edit';
}

/** There is nothing of that id, or it is no id at all. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
