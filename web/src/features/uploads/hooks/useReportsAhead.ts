import { useEffect, useEffectEvent } from 'react';

import { ApiError } from '@/shared/api/problem';
import { useBusy } from '@/shared/hooks/useBusy';
import { useOnline } from '@/shared/hooks/useOnline';
import { usePreferences } from '@/shared/hooks/usePreferences';
import { recall } from '@/shared/kept/kept';

import { fetchReportPdf, KEPT_PDF, keepPdf, type KeptPdf } from '@/shared/reports/pdf';

import type { ReportRow } from '../api';

const MOST_AHEAD = 20;

/**
 * Keep the pages of the newest reports on this device before anybody opens them, for a ward without reception.
 *
 * One after the other, and not while a study is sent or the data saver is on (docs/adr/0020-kept-for-offline.md).
 */
export function useReportsAhead(reports: readonly ReportRow[]): void {
  const { dataSaver } = usePreferences();
  const isSending = useBusy();
  const mayFetch = useOnline() && !isSending && !dataSaver.on;
  const ready = reports.filter(({ pdf_url: url }) => url !== null).slice(0, MOST_AHEAD);
  const states = ready.map(({ id, updated_at: at }) => `${id} ${at}`).join();
  const fetchAll = useEffectEvent((signal: AbortSignal) => keepAhead(ready, signal));

  useEffect(() => {
    if (!mayFetch || states === '') return;
    const controller = new AbortController();
    void fetchAll(controller.signal);
    return () => controller.abort();
  }, [mayFetch, states]);
}

async function keepAhead(reports: readonly ReportRow[], signal: AbortSignal): Promise<void> {
  for (const { id, updated_at: updatedAt } of reports) {
    const kept = await recall<KeptPdf>(KEPT_PDF, id);
    if (signal.aborted) return;
    if (kept?.value.updatedAt === updatedAt) continue;
    try {
      const bytes = await fetchReportPdf(id, signal, { ahead: true });
      await keepPdf(id, { updatedAt, bytes });
    } catch (error) {
      // One that the gateway refuses is told of where it is opened; without network the others would fail too.
      if (!(error instanceof ApiError)) return;
    }
  }
}
