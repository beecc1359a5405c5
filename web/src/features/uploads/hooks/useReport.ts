import { useState } from 'react';

import { UnreachableError } from '@/shared/api/problem';
import { useKept } from '@/shared/hooks/useKept';
import { usePolling } from '@/shared/hooks/usePolling';

import { fetchReport, type Report } from '../api';
import { KEPT_REPORT, keepReport } from '../history';

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
  const kept = useKept<Report>(KEPT_REPORT, reportId);

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
  const report = fresh ?? kept?.value ?? null;
  return { report, error: report && error instanceof UnreachableError ? null : error, reload };
}
