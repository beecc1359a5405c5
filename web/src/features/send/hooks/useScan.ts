import { useEffect, useRef, useState } from 'react';

import { collect } from '../scan/collect';
import { openScanSession, type ScanSession } from '../scan/session';
import type { Scan, ScannedSeries, ScanProgress } from '../scan/types';

export type ScanState =
  | { phase: 'idle' }
  /** Progress is null while folders are walked. */
  | { phase: 'scanning'; progress: ScanProgress | null }
  | { phase: 'found' }
  | { phase: 'failed' };

export interface Scanning {
  state: ScanState;
  /** All that was found so far and has neither been sent nor removed. */
  scan: Scan;
  /** Look into what was picked. Call it in the handler of the drop or change: both are empty afterwards. */
  pick: (picked: DataTransfer | FileList) => void;
  /** Stop looking; what was found before stays. */
  cancel: () => void;
  /** Take studies out of what was found. */
  leave: (studyUids: string[]) => void;
  previewOf: (series: ScannedSeries) => Promise<Blob | null>;
}

const NOTHING: Scan = { studies: [], skipped: [] };

/** What is found in one pick after the other, read in a worker that lives as long as the component. */
export function useScan(): Scanning {
  const [state, setState] = useState<ScanState>({ phase: 'idle' });
  const [scan, setScan] = useState(NOTHING);
  const session = useRef<ScanSession | null>(null);
  const running = useRef<AbortController | null>(null);

  const open = () => (session.current ??= openScanSession());
  const close = () => {
    session.current?.close();
    session.current = null;
  };

  useEffect(
    () => () => {
      running.current?.abort();
      close();
    },
    [],
  );

  const settled = (found: Scan): ScanState =>
    found.studies.length + found.skipped.length > 0 ? { phase: 'found' } : { phase: 'idle' };

  const look = async (collecting: ReturnType<typeof collect>, { signal }: AbortController) => {
    try {
      const picked = await collecting;
      signal.throwIfAborted();
      const onProgress = (progress: ScanProgress) => setState({ phase: 'scanning', progress });
      const found = await open().add(picked, { onProgress, signal });
      setScan(found);
      setState(settled(found));
    } catch {
      if (signal.aborted) return;
      close(); // its thread may be gone; what it found stays on the page
      setState({ phase: 'failed' });
    }
  };

  return {
    state,
    scan,
    pick: (picked) => {
      running.current?.abort();
      running.current = new AbortController();
      setState({ phase: 'scanning', progress: null });
      void look(collect(picked), running.current);
    },
    cancel: () => {
      running.current?.abort();
      setState(settled(scan));
    },
    leave: (studyUids) => {
      for (const uid of studyUids) session.current?.forget(uid);
      setScan((before) => withoutStudies(before, studyUids));
    },
    previewOf: (series) => open().previewOf(series),
  };
}

/** Where no study is left, nor is what was left out of them. */
function withoutStudies({ studies, skipped }: Scan, uids: string[]): Scan {
  const left = studies.filter(({ uid }) => !uids.includes(uid));
  if (left.length === 0) return NOTHING;
  return {
    studies: left,
    skipped: skipped.filter(({ studyUid }) => studyUid === null || !uids.includes(studyUid)),
  };
}
