import { useState } from 'react';

import { saveFile } from '@/shared/saveFile';

import { fetchReceipt, fetchReceiptPage } from '../api';

/** The signed document, or the same as one page that people read. */
export type ReceiptForm = 'json' | 'pdf';

interface ReceiptDownload {
  busy: ReceiptForm | null;
  error: unknown;
  download: (form: ReceiptForm) => Promise<void>;
}

const fetched: Record<ReceiptForm, (uploadId: string) => Promise<Blob>> = {
  json: async (uploadId) => new Blob([await fetchReceipt(uploadId)], { type: 'application/json' }),
  pdf: fetchReceiptPage,
};

/** Fetch the custody receipt with the person's own right to see it, and save it as a file. */
export function useReceipt(uploadId: string): ReceiptDownload {
  const [busy, setBusy] = useState<ReceiptForm | null>(null);
  const [error, setError] = useState<unknown>(null);

  const download = async (form: ReceiptForm) => {
    setBusy(form);
    setError(null);
    try {
      saveFile(await fetched[form](uploadId), `receipt-${uploadId}.${form}`);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
    }
  };

  return { busy, error, download };
}
