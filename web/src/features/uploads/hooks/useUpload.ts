import { useState } from 'react';

import { usePolling } from '@/shared/hooks/usePolling';

import { fetchUpload, type Upload } from '../api';
import { isUnderWay, uploadState } from '../state';

const BUSY_MS = 3_000;
const CALM_MS = 15_000;

interface CurrentUpload {
  upload: Upload | null;
  error: unknown;
  reload: () => void;
}

/** One upload, kept up to date until nothing about it changes any more. Mount it anew for another upload. */
export function useUpload(uploadId: string): CurrentUpload {
  const [upload, setUpload] = useState<Upload | null>(null);
  const [error, setError] = useState<unknown>(null);

  const refresh = async (signal: AbortSignal) => {
    try {
      const current = await fetchUpload(uploadId, signal);
      if (signal.aborted) return;
      setUpload(current);
      setError(null);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
  };

  const reload = usePolling(refresh, pollingInterval(upload, error));

  return { upload, error, reload };
}

function pollingInterval(upload: Upload | null, error: unknown): number | null {
  if (error || !upload) return CALM_MS;
  if (isUnderWay(upload)) return BUSY_MS;
  return uploadState(upload) === 'held' ? CALM_MS : null;
}
