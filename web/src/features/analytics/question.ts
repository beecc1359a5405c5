import type { StatsQuery } from './api';

export const PERIODS = ['1w', '2w', '1m', '3m', '6m', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** What the page opens with. */
const USUAL: Period = '1m';

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whose numbers of which time are asked for; null stands for all that the role lets somebody see. */
export interface Question {
  period: Period;
  siteId: string | null;
  userId: string | null;
}

/**
 * Return what an address asks for; what it says that makes no sense counts as not said.
 *
 * Administrators alone choose a site or a person: for anybody else their own scope is all there is.
 */
export function questionFrom(address: URLSearchParams, mayNarrow: boolean): Question {
  const id = (name: string) => {
    const text = address.get(name) ?? '';
    return mayNarrow && ID.test(text) ? text : null;
  };
  return {
    period: PERIODS.find((known) => known === address.get('period')) ?? USUAL,
    siteId: id('site'),
    userId: id('user'),
  };
}

/** Return the part of an address that asks for this. */
export function addressOf({ period, siteId, userId }: Question): URLSearchParams {
  return new URLSearchParams({
    ...(period !== USUAL && { period }),
    ...(siteId && { site: siteId }),
    ...(userId && { user: userId }),
  });
}

/** Return what the API is asked for. */
export function queryOf({ period, siteId, userId }: Question): StatsQuery {
  return { period, ...(siteId && { site_id: siteId }), ...(userId && { user_id: userId }) };
}

/** The same for each question, however its address is written. */
export function nameOf({ period, siteId, userId }: Question): string {
  return [period, siteId, userId].join(' ');
}

export function isNarrowed({ siteId, userId }: Question): boolean {
  return siteId !== null || userId !== null;
}

/** The next longer period; null where there is none. */
export function longerThan(period: Period): Period | null {
  return PERIODS[PERIODS.indexOf(period) + 1] ?? null;
}
