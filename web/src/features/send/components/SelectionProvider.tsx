import { useMemo, useRef, useState, type ReactNode } from 'react';

import { useFreeStorage } from '../hooks/useFreeStorage';
import { useScan } from '../hooks/useScan';
import { SelectionContext, type Prepare } from '../hooks/useSelection';
import { onlyOf, type AskedReport } from '../study/asked';
import { isSendable } from '../study/findings';
import type { ReadyStudy } from '../study/ready';
import type { ServiceLevel } from '../study/serviceLevels';

export interface SelectionProps {
  /** A report with a question: nothing but its study is taken. */
  asked?: AskedReport | null;
  defaultServiceLevel: ServiceLevel;
  /** Take studies over; what is taken leaves the selection, and a rejection is shown to the person. */
  onSend: (ready: ReadyStudy[]) => Promise<void>;
}

export function SelectionProvider({
  asked = null,
  defaultServiceLevel,
  onSend,
  children,
}: SelectionProps & { children: ReactNode }) {
  const { leave, ...scanning } = useScan();
  const scan = useMemo(
    () => (asked ? onlyOf(asked.study_instance_uid, scanning.scan) : scanning.scan),
    [asked, scanning.scan],
  );
  const freeBytes = useFreeStorage(scan);
  const prepares = useRef(new Map<string, Prepare>());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [needsAttention, setNeedsAttention] = useState(false);

  const send = async (ready: ReadyStudy[]) => {
    setBusy(true);
    try {
      await onSend(ready);
      leave(ready.map(({ study }) => study.uid));
    } finally {
      setBusy(false);
    }
  };

  const sendAll = async () => {
    setError(null);
    const ready = prepareAll();
    setNeedsAttention(!ready);
    if (!ready) return;
    try {
      for (const one of ready) await send([one]); // what was taken has left when one of them fails
    } catch (failure) {
      setError(failure);
    }
  };

  /** Stops at the first that has to change, so that the focus stays there. */
  const prepareAll = (): ReadyStudy[] | null => {
    const ready: ReadyStudy[] = [];
    for (const study of scan.studies.filter(isSendable)) {
      const one = prepares.current.get(study.uid)?.();
      if (!one) return null;
      ready.push(one);
    }
    return ready;
  };

  const register = (studyUid: string, prepare: Prepare) => {
    prepares.current.set(studyUid, prepare);
    return () => void prepares.current.delete(studyUid);
  };

  return (
    <SelectionContext
      value={{
        ...scanning,
        scan,
        asked,
        defaultServiceLevel,
        freeBytes,
        busy,
        error,
        needsAttention,
        send,
        sendAll,
        remove: (studyUid) => leave([studyUid]),
        register,
      }}
    >
      {children}
    </SelectionContext>
  );
}
