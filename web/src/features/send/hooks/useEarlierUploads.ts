import { useEffect, useState } from 'react';

import { useOnline } from '@/shared/hooks/useOnline';

import { findEarlierUploads, type EarlierUpload } from '../api';

/** The uploads of a study that the gateway has already; null as long as that is not known, or nobody wants to know. */
export function useEarlierUploads(studyUid: string | null): EarlierUpload[] | null {
  const [earlier, setEarlier] = useState<EarlierUpload[] | null>(null);
  const online = useOnline();

  useEffect(() => {
    if (!online || studyUid === null) return;
    const controller = new AbortController();
    void findEarlierUploads(studyUid, controller.signal).then((found) => {
      if (found && !controller.signal.aborted) setEarlier(found);
    });
    return () => controller.abort();
  }, [studyUid, online]);

  return earlier;
}
