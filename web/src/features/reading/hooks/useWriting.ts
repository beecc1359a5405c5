import { useSyncExternalStore } from 'react';

import type { DraftWriter, Writing } from '../writer';

/** What is written, and where that is safe. */
export function useWriting(writer: DraftWriter): Writing {
  return useSyncExternalStore(writer.subscribe, writer.read);
}
