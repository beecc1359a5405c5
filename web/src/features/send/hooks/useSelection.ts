import { createContext, use } from 'react';

import type { AskedReport } from '../study/asked';
import type { ReadyStudy } from '../study/ready';
import type { ServiceLevel } from '../study/serviceLevels';
import type { Scanning } from './useScan';

/** Return the study as its form has it; null, after leading to the field, where something has to change first. */
export type Prepare = () => ReadyStudy | null;

/** What was picked, and the ways to send it: shared by all parts of the page. */
export interface Selection extends Omit<Scanning, 'leave'> {
  /** Only its study is sent; null where nobody has asked for more. */
  asked: AskedReport | null;
  defaultServiceLevel: ServiceLevel;
  freeBytes: number | null;
  /** Studies are being handed over. */
  busy: boolean;
  /** Why the last attempt to send all of them failed. */
  error: unknown;
  /** A form had to be changed before all could be sent. */
  needsAttention: boolean;
  /** Hand studies over; those that were taken leave the selection. Rejects as `onSend`. */
  send: (ready: ReadyStudy[]) => Promise<void>;
  sendAll: () => Promise<void>;
  remove: (studyUid: string) => void;
  /** Tell how a study is made ready; returns how to withdraw that. */
  register: (studyUid: string, prepare: Prepare) => () => void;
}

export const SelectionContext = createContext<Selection | null>(null);

/** The selection around this component. Raises outside of a SelectionProvider. */
export function useSelection(): Selection {
  const selection = use(SelectionContext);
  if (!selection) throw new Error('outside of a SelectionProvider');
  return selection;
}
