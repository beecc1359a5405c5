import { useState } from 'react';

import { UnreachableError } from '@/shared/api/problem';
import { useKept } from '@/shared/hooks/useKept';
import { usePageNews } from '@/shared/hooks/usePageNews';
import { usePolling } from '@/shared/hooks/usePolling';
import type { Kept } from '@/shared/kept/kept';

import {
  fetchReport,
  KEPT_REPORT,
  KEPT_REPORTS,
  keepReport,
  NEWEST,
  type Report,
  type ReportRow,
} from './report';

const WAITING_MS = 60_000;

interface CurrentReport {
  report: Report | null;
  error: unknown;
  reload: () => void;
}

/** The report on a study, kept up to date until it is ready; without network what the gateway last said. */
export function useReport(reportId: string): CurrentReport {
  const [fresh, setFresh] = useState<Report | null>(null);
  const [error, setError] = useState<unknown>(null);
  const kept = useKeptReport(reportId);

  const refresh = async (signal: AbortSignal) => {
    try {
      const report = await fetchReport(reportId, signal);
      if (signal.aborted) return;
      setFresh(report);
      setError(null);
      void keepReport(report);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
  };

  const reload = usePolling(refresh, fresh?.status === 'ready' ? null : WAITING_MS);
  usePageNews(`/reports/${reportId}`, reload);
  const report = fresh ?? kept;
  return { report, error: report && error instanceof UnreachableError ? null : error, reload };
}

/** What this device keeps of a report: from its own page, or as it stood in the list, which tells no questions. */
function useKeptReport(reportId: string): Report | null {
  const opened = useKept<Report>(KEPT_REPORT, reportId);
  const list = useKept<ReportRow[]>(KEPT_REPORTS, NEWEST);
  const listed = list?.value.find(({ id }) => id === reportId);
  if (list && listed && (!opened || isNewer(list, opened))) {
    return asListed(listed, opened?.value);
  }
  return opened?.value ?? null;
}

/** A report as it stands in the list, with what only its page tells, as that last did. */
function asListed(listed: ReportRow, opened: Report | undefined): Report {
  const { questions = [], is_told_to_caller = false } = opened ?? {};
  return { ...listed, questions, is_told_to_caller };
}

function isNewer(first: Kept<unknown>, second: Kept<unknown>): boolean {
  return first.at > second.at;
}
