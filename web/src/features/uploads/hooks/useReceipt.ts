import { useState } from 'react';

import { saveFile } from '@/shared/saveFile';

import { fetchReceipt } from '../api';

interface ReceiptDownload {
  busy: boolean;
  error: unknown;
  download: () => Promise<void>;
}

/** Fetch the custody receipt with the person's own right to see it, and save it as a file. */
export function useReceipt(uploadId: string): ReceiptDownload {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const download = async () => {
    setBusy(true);
    setError(null);
    try {
      saveFile(await fetchReceipt(uploadId), 'application/json', `receipt-${uploadId}.json`);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return { busy, error, download };
}
