import { getBytes } from '@/shared/api/client';
import { keep } from '@/shared/kept/kept';

export const KEPT_PDF = 'report-pdf';
const MOST_PDFS = { records: 50, bytes: 100_000_000 };

/** What has to be known of a report to show its PDF. */
export interface ReportedStudy {
  id: string;
  /** Another PDF is another state of the report. */
  updated_at: string;
}

/** A report's PDF, with the state of the report that it shows. */
export interface KeptPdf {
  updatedAt: string;
  /** Not a Blob: older versions of Safari lose those. */
  bytes: ArrayBuffer;
}

/**
 * The report as a page (PDF). Raises ApiError `report-pdf-not-ready` while there is none.
 *
 * `ahead`: nobody looks at it yet, and the gateway's audit trail is to say so.
 */
export function fetchReportPdf(
  reportId: string,
  signal: AbortSignal,
  query: { ahead?: true } = {},
): Promise<ArrayBuffer> {
  return getBytes('/api/v1/reports/{report_id}/pdf', {
    path: { report_id: reportId },
    query,
    signal,
  });
}

export function keepPdf(reportId: string, pdf: KeptPdf): Promise<void> {
  return keep(KEPT_PDF, reportId, pdf, MOST_PDFS, pdf.bytes.byteLength);
}
