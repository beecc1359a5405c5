import { keep, recall } from '@/shared/kept/kept';
import { compareTexts, firstPage, withFreshTop, type Listing, type Order } from '@/shared/listing';

import { KEPT_REPORTS, NEWEST } from '@/shared/reports/report';

import type { Report, ReportQuery, ReportRow } from './api';

export const REPORT_STATUSES = [
  'additional_data_required',
  'ready',
  'pending',
  'assigned',
] as const satisfies readonly Report['status'][];

/** Which reports a list shows; null stands for all. Nothing of it is about a patient: it may stand in an address. */
export interface ReportFilter {
  status: Report['status'] | null;
  /** Only on what the person has sent, also for who sees those of the site. */
  mine: boolean;
}

export function reportFilterFrom(address: URLSearchParams): ReportFilter {
  return {
    status: REPORT_STATUSES.find((known) => known === address.get('status')) ?? null,
    mine: address.get('mine') === 'yes',
  };
}

export function addressOfReports({ status, mine }: ReportFilter): URLSearchParams {
  return new URLSearchParams({ ...(status && { status }), ...(mine && { mine: 'yes' }) });
}

export function reportQueryOf({ status, mine }: ReportFilter): ReportQuery {
  return { ...(status && { status: [status] }), ...(mine && { share: 'mine' as const }) };
}

export function narrowsReports({ status, mine }: ReportFilter): boolean {
  return status !== null || mine;
}

/** Newest first: ids are ordered by time (UUID of version 7), also as text. */
export const NEWEST_REPORT_FIRST: Order<ReportRow> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(second.id, first.id),
};

const MOST_LISTED = 200;

/** Keep the newest of what is loaded, and below it what was loaded before. */
export async function keepReports({ items, nextCursor }: Listing<ReportRow>): Promise<void> {
  const kept = await recall<ReportRow[]>(KEPT_REPORTS, NEWEST);
  const before = firstPage({ items: kept?.value ?? [] });
  const whole = withFreshTop(before, { items, next_cursor: nextCursor }, NEWEST_REPORT_FIRST);
  await keep(KEPT_REPORTS, NEWEST, whole.items.slice(0, MOST_LISTED), { records: 1 });
}
