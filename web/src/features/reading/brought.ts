import { forget, keep, recall } from '@/shared/kept/kept';

/** As large as the gateway takes it. */
export const MOST_PDF_BYTES = 6 * 1024 ** 2;

const KEPT_BROUGHT = 'brought-pdf';
const MOST_KEPT = { records: 5, bytes: 30_000_000 };

/** A PDF that somebody has brought to be signed, as it was picked here; the gateway shows it when it is signed. */
export interface Brought {
  name: string;
  bytes: ArrayBuffer;
}

export function keepBrought(reportId: string, brought: Brought): Promise<void> {
  return keep(KEPT_BROUGHT, reportId, brought, MOST_KEPT, brought.bytes.byteLength);
}

/** Null where another device has brought the PDF, or the browser keeps nothing. */
export async function recallBrought(reportId: string, size: number): Promise<Brought | null> {
  const kept = await recall<Brought>(KEPT_BROUGHT, reportId);
  return kept?.value.bytes.byteLength === size ? kept.value : null;
}

export function forgetBrought(reportId: string): Promise<void> {
  return forget(KEPT_BROUGHT, reportId);
}
