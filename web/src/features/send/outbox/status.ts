import type { Consignment } from './types';

/** Why nothing is being sent, though there is something to send. */
export type Rest = 'data-saver';

/** What the page that sends tells the others of. */
export interface SenderStatus {
  isSending: boolean;
  rest: Rest | null;
  /** The network failed: when it is tried again, in milliseconds since the epoch. */
  triesAgainAt: number | null;
  /** Bytes per second on the wire. */
  rate: number | null;
  /** By consignment and part: bytes of the files that have left and are not acknowledged yet. */
  underWay: Record<string, Record<number, number>>;
}

export const IDLE: SenderStatus = {
  isSending: false,
  rest: null,
  triesAgainAt: null,
  rate: null,
  underWay: {},
};

export function restsBecause(queued: Consignment[], allowed: Consignment[]): Rest | null {
  return allowed.length < queued.length ? 'data-saver' : null;
}
