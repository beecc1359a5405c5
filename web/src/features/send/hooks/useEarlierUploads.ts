import { useEffect, useState } from 'react';

import { useOnline } from '@/shared/hooks/useOnline';

import { findEarlierUploads, type EarlierUpload } from '../api';

/** The uploads of a study that the gateway has already; null as long as that is not known. */
export function useEarlierUploads(studyUid: string): EarlierUpload[] | null {
  const [earlier, setEarlier] = useState<EarlierUpload[] | null>(null);
  const online = useOnline();

  useEffect(() => {
    if (!online) return;
    const controller = new AbortController();
    void findEarlierUploads(studyUid, controller.signal).then((found) => {
      if (found && !controller.signal.aborted) setEarlier(found);
    });
    return () => controller.abort();
  }, [studyUid, online]);

  return earlier;
}
