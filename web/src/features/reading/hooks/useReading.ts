import { useEffect, useState, useSyncExternalStore } from 'react';

import { Reading, type ReadingState } from '../reading';

/** A study that is open for as long as the component is there. Mount it anew for another study. */
export function useReading(reportId: string, role: string): [Reading, ReadingState] {
  const [reading] = useState(() => new Reading(reportId, role));
  useEffect(() => reading.open(), [reading]);
  const state = useSyncExternalStore(reading.subscribe, reading.read);
  return [reading, state];
}
