import { useMemo } from 'react';

import { useKeeping } from '@/shared/hooks/useKeeping';
import { useKept } from '@/shared/hooks/useKept';
import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import type { Kept } from '@/shared/kept/kept';
import { firstPage, type Listing } from '@/shared/listing';
import { KEPT_REPORTS, NEWEST } from '@/shared/reports/report';

import { fetchReports, type ReportRow } from '../api';
import {
  keepReports,
  narrowsReports,
  NEWEST_REPORT_FIRST,
  reportQueryOf,
  type ReportFilter,
} from '../reports';

const CALM_MS = 30_000;

/** The reports on what somebody has sent, kept up to date. Mount it anew for another filter. */
export function useReports(filter: ReportFilter): ShownListing<ReportRow> {
  const loaded = useListing({
    fetchPage: (page, signal) => fetchReports({ ...reportQueryOf(filter), ...page }, signal),
    order: NEWEST_REPORT_FIRST,
    moves: ({ status }) => status !== 'ready',
    freshMs: () => CALM_MS,
  });
  useKeeping(narrowsReports(filter) ? null : loaded.listing, keepReports);
  return withKept(loaded, useKeptReports(filter, loaded.isSilent));
}

/**
 * What of the reports this device keeps; null where it keeps none. Whose they are it cannot tell: all of them count as
 * the person's own.
 */
function useKeptReports(filter: ReportFilter, isSilent: boolean): Kept<Listing<ReportRow>> | null {
  const kept = useKept<ReportRow[]>(KEPT_REPORTS, NEWEST);
  const isOfUse = isSilent || !narrowsReports(filter);
  const { status } = filter;
  return useMemo(() => {
    if (!kept || !isOfUse) return null;
    const items = kept.value.filter((report) => status === null || report.status === status);
    return { at: kept.at, value: firstPage({ items }) };
  }, [kept, isOfUse, status]);
}
