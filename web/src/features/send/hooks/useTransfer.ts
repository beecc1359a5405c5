import { useLiveQuery } from 'dexie-react-hooks';

import { database } from '../outbox/db';
import { acknowledgedBytes } from '../outbox/progress';
import type { SenderStatus } from '../outbox/status';
import type { Consignment, Part } from '../outbox/types';

import { useSpeed } from './useSpeed';

export interface PartProgress {
  part: Part;
  bytes: number;
}

export interface Transfer {
  parts: PartProgress[];
  /** Bytes of the files that have left this device. */
  bytes: number;
  /** Bytes of the files per second; null while nothing moves, or it is too early to say. */
  speed: number | null;
  secondsLeft: number | null;
}

/** How far a consignment's bytes have come. */
export function useTransfer(consignment: Consignment, status: SenderStatus): Transfer {
  const { id, chunkSize } = consignment;
  const rows = useLiveQuery(
    () => database.parts.where({ consignmentId: id }).sortBy('ordinal'),
    [id],
    [],
  );
  const underWay = status.underWay[id] ?? {};
  const parts = rows.map((part) => ({
    part,
    bytes: Math.min(part.size, acknowledgedBytes(part, chunkSize) + (underWay[part.ordinal] ?? 0)),
  }));
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const isMoving = status.isSending && Object.keys(underWay).length > 0;
  const speed = useSpeed(bytes, isMoving);
  const left = consignment.size - bytes;
  return { parts, bytes, speed, secondsLeft: speed ? Math.ceil(left / speed) : null };
}
