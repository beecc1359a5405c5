import { useSyncExternalStore } from 'react';

import type { DraftWriter } from '../writer';
import type { Writing } from '../writing';

/** What is written, and where that is safe. */
export function useWriting(writer: DraftWriter): Writing {
  return useSyncExternalStore(writer.subscribe, writer.read);
}
