import { useEffect, useMemo, useReducer, useState } from 'react';

import { useKept } from '@/shared/hooks/useKept';
import { useObjectUrl } from '@/shared/hooks/useObjectUrl';
import { useOnline } from '@/shared/hooks/useOnline';

import { fetchReportPdf, KEPT_PDF, keepPdf, type KeptPdf, type ReportedStudy } from './pdf';

interface ReportPdf {
  /** An address of this page for the PDF; null until it is here. */
  url: string | null;
  /** It is of an earlier state of the report. */
  isOutdated: boolean;
  error: unknown;
  reload: () => void;
}

/** The PDF of a report that is ready, kept on this device from the first look on. */
export function useReportPdf(report: ReportedStudy): ReportPdf {
  const { id, updated_at: updatedAt } = report;
  const [fresh, setFresh] = useState<KeptPdf | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, again] = useReducer((count: number) => count + 1, 0);
  const kept = useKept<KeptPdf>(KEPT_PDF, id);
  const online = useOnline();
  const pdf = fresh ?? kept?.value ?? null;
  const isCurrent = pdf?.updatedAt === updatedAt;
  const url = useObjectUrl(useMemo(() => pdf && fileOf(pdf), [pdf]));
  const isWanted = kept !== undefined && !isCurrent && online;

  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    load(id, updatedAt, controller.signal).then(
      (loaded) => {
        if (controller.signal.aborted) return;
        setFresh(loaded);
        setError(null);
        void keepPdf(id, loaded);
      },
      (failure: unknown) => {
        if (!controller.signal.aborted) setError(failure);
      },
    );
    return () => controller.abort();
  }, [id, updatedAt, isWanted, attempt]);

  return {
    url,
    isOutdated: pdf !== null && !isCurrent,
    error: isCurrent ? null : error,
    reload: () => {
      setError(null);
      again();
    },
  };
}

function fileOf({ bytes }: KeptPdf): Blob {
  return new Blob([bytes], { type: 'application/pdf' });
}

async function load(reportId: string, updatedAt: string, signal: AbortSignal): Promise<KeptPdf> {
  return { updatedAt, bytes: await fetchReportPdf(reportId, signal) };
}
