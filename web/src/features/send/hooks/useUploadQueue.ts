import { useLiveQuery } from 'dexie-react-hooks';
import { useSyncExternalStore } from 'react';

import { useOutbox } from '../outbox/current';
import { database } from '../outbox/db';
import { inOrder } from '../outbox/order';
import type { Outbox } from '../outbox/outbox';
import { IDLE, type SenderStatus } from '../outbox/status';
import type { Consignment } from '../outbox/types';

export interface UploadQueue {
  outbox: Outbox | null;
  /** What is in the outbox, first what goes first, finished ones last; null until it was read. */
  consignments: Consignment[] | null;
  status: SenderStatus;
}

/** The upload queue of the signed-in person, as it changes: also by other tabs. */
export function useUploadQueue(): UploadQueue {
  const outbox = useOutbox();
  const owner = outbox?.owner;
  const consignments = useLiveQuery(
    async () => (owner ? sorted(await database.consignments.where({ owner }).toArray()) : null),
    [owner],
    null,
  );
  const status = useSyncExternalStore(
    outbox?.subscribe ?? noSubscription,
    outbox?.status ?? (() => IDLE),
  );
  return { outbox, consignments, status };
}

function sorted(consignments: Consignment[]): Consignment[] {
  const [open, done] = [false, true].map((isDone) =>
    consignments.filter(({ state }) => (state === 'done') === isDone),
  ) as [Consignment[], Consignment[]];
  return [...inOrder(open), ...done.toSorted((a, b) => b.addedAt - a.addedAt)];
}

function noSubscription(): () => void {
  return () => undefined;
}
