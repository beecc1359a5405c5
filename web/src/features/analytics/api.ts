import { get, getBytes } from '@/shared/api/client';
import type { Answer, Operation, QueryParameters } from '@/shared/api/types';

export type Summary = Answer<'/api/v1/stats', 'get'>;
export type Figures = Summary['now'];
export type Scope = Summary['scope'];
export type Trend = Answer<'/api/v1/stats/trend', 'get'>;
export type TrendPoint = Trend['points'][number];
export type Turnaround = Answer<'/api/v1/stats/turnaround', 'get'>;
export type LevelTurnaround = Turnaround['levels'][number];
export type Failure = Figures['failures'][number];

export type StatsQuery = NonNullable<QueryParameters<Operation<'/api/v1/stats', 'get'>>>;
type ExportQuery = NonNullable<QueryParameters<Operation<'/api/v1/stats/export', 'get'>>>;
export type ExportedTable = NonNullable<ExportQuery['table']>;

export type Site = Answer<'/api/v1/sites', 'get'>['items'][number];
export type UserPage = Answer<'/api/v1/users', 'get'>;
export type User = UserPage['items'][number];

/** Everything that the page shows of one question. */
export interface Numbers {
  summary: Summary;
  trend: Trend;
  turnaround: Turnaround;
}

/** Fetch all of it at once: what stands on one page is of one moment. */
export async function fetchNumbers(query: StatsQuery, signal: AbortSignal): Promise<Numbers> {
  const [summary, trend, turnaround] = await Promise.all([
    get('/api/v1/stats', { query, signal }),
    get('/api/v1/stats/trend', { query, signal }),
    get('/api/v1/stats/turnaround', { query, signal }),
  ]);
  return { summary, trend, turnaround };
}

/** The same numbers as a table for other programs (CSV). */
export async function fetchTable(table: ExportedTable, query: StatsQuery): Promise<Blob> {
  const bytes = await getBytes('/api/v1/stats/export', { query: { ...query, table } });
  return new Blob([bytes], { type: 'text/csv' });
}

/** As many as the gateway gives at once. */
const SITES_PER_PAGE = 200;
const USERS_SHOWN = 20;

/** Every site, by name. For administrators. */
export async function fetchSites(signal: AbortSignal): Promise<Site[]> {
  const sites: Site[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: SITES_PER_PAGE, ...(cursor !== null && { cursor }) };
    const page: Answer<'/api/v1/sites', 'get'> = await get('/api/v1/sites', { query, signal });
    sites.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return sites.toSorted((first, second) => first.name.localeCompare(second.name));
}

/** The first people whose name or e-mail address has these words in it, of one site or of all. For administrators. */
export function fetchUsers(
  words: string,
  siteId: string | null,
  signal: AbortSignal,
): Promise<UserPage> {
  const query = {
    limit: USERS_SHOWN,
    ...(words && { q: words }),
    ...(siteId && { site_id: siteId }),
  };
  return get('/api/v1/users', { query, signal });
}

/** One person. For administrators. */
export function fetchUser(userId: string, signal: AbortSignal): Promise<User> {
  return get('/api/v1/users/{user_id}', { path: { user_id: userId }, signal });
}
