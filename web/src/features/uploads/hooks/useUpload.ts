import { useEffect, useState } from 'react';

import { ApiError, UnreachableError } from '@/shared/api/problem';
import { useOnline } from '@/shared/hooks/useOnline';
import { usePageNews } from '@/shared/hooks/usePageNews';
import { usePolling } from '@/shared/hooks/usePolling';
import type { Kept } from '@/shared/kept/kept';

import { fetchUpload, type Upload } from '../api';
import { forgetUpload, keepUpload, recallUpload } from '../history';
import { isUnderWay, uploadState } from '../state';

const BUSY_MS = 3_000;
const CALM_MS = 15_000;

interface CurrentUpload {
  upload: Upload | null;
  isMissing: boolean;
  error: unknown;
  /** When the gateway said so, where it cannot be asked now; null while the upload is up to date. */
  asOf: Date | null;
  reload: () => void;
}

/** One upload, kept up to date until nothing about it changes any more. Mount it anew for another upload. */
export function useUpload(uploadId: string): CurrentUpload {
  const [fresh, setFresh] = useState<Kept<Upload> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const kept = useKeptUpload(uploadId);
  const online = useOnline();
  const isMissing = saysMissing(error);

  const refresh = async (signal: AbortSignal) => {
    try {
      const upload = await fetchUpload(uploadId, signal);
      if (signal.aborted) return;
      setFresh({ value: upload, at: new Date() });
      setError(null);
      void keepUpload(upload);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
  };

  const reload = usePolling(refresh, pollingInterval(fresh?.value ?? null, error));

  usePageNews(`/uploads/${uploadId}`, reload);

  useEffect(() => {
    if (isMissing) void forgetUpload(uploadId);
  }, [isMissing, uploadId]);

  const isSilent = !online || error instanceof UnreachableError;
  return {
    ...shown(isMissing ? null : (fresh ?? kept), fresh !== null && !isSilent),
    isMissing,
    error,
    reload,
  };
}

function shown(
  known: Kept<Upload> | null,
  isOfNow: boolean,
): Pick<CurrentUpload, 'upload' | 'asOf'> {
  if (!known) return { upload: null, asOf: null };
  return { upload: known.value, asOf: isOfNow ? null : known.at };
}

/** The gateway takes no such id, or has no such upload. */
function saysMissing(error: unknown): boolean {
  return error instanceof ApiError && [400, 404].includes(error.status);
}

function useKeptUpload(uploadId: string): Kept<Upload> | null {
  const [kept, setKept] = useState<Kept<Upload> | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void recallUpload(uploadId).then((found) => {
      if (isCurrent) setKept(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [uploadId]);

  return kept;
}

function pollingInterval(upload: Upload | null, error: unknown): number | null {
  if (error || !upload) return CALM_MS;
  if (isUnderWay(upload)) return BUSY_MS;
  return uploadState(upload) === 'held' ? CALM_MS : null;
}
