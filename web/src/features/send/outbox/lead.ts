import { liveQuery } from 'dexie';

import { bytesLock } from './bytes';
import { database } from './db';
import { follow } from './follow';
import { packingLock } from './keep';
import type { Sender } from './sender';
import type { Consignment } from './types';

const LOOK_AGAIN_MS = 60_000;

/** Send and follow until the signal ends. The caller holds the lock. */
export async function lead(owner: string, sender: Sender, signal: AbortSignal): Promise<void> {
  await markWhatIsLost(owner);
  const stopListening = listen(owner, sender);
  const timer = setInterval(() => {
    void markWhatIsLost(owner).then(() => sender.look());
  }, LOOK_AGAIN_MS);
  try {
    await Promise.all([sender.run(signal), follow(owner, signal)]);
  } finally {
    clearInterval(timer);
    stopListening();
  }
}

/** Go on as soon as there is reason to: something in the outbox changed, the network or the person is back. */
function listen(owner: string, sender: Sender): () => void {
  const changes = liveQuery(() => database.consignments.where({ owner }).toArray());
  const subscription = changes.subscribe(() => sender.look());
  const nudge = () => {
    if (document.visibilityState === 'hidden') return;
    sender.gate.nudge();
    sender.look();
  };
  window.addEventListener('online', nudge);
  document.addEventListener('visibilitychange', nudge);
  return () => {
    subscription.unsubscribe();
    window.removeEventListener('online', nudge);
    document.removeEventListener('visibilitychange', nudge);
  };
}

/** Find what was being packed, or was only in a page's memory, when that page ended. */
export async function markWhatIsLost(owner: string): Promise<void> {
  const rows = await database.consignments.where({ owner }).toArray();
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map((lock) => lock.name));
  for (const row of rows) {
    if (row.state === 'packing' && !names.has(packingLock(row.id))) await interrupted(row);
    if (row.state === 'queued' && !row.isKept && !names.has(bytesLock(row.id))) await lost(row);
  }
}

async function interrupted({ id }: Consignment): Promise<void> {
  await database.transaction(
    'rw',
    [database.consignments, database.parts, database.bytes],
    async () => {
      await database.bytes.where({ consignmentId: id }).delete();
      await database.parts.where({ consignmentId: id }).delete();
      const problem = { code: 'packing-interrupted', detail: '' };
      await database.consignments.update(id, { state: 'stopped', problem });
    },
  );
}

async function lost({ id }: Consignment): Promise<void> {
  const problem = { code: 'bytes-lost', detail: '' };
  await database.consignments.update(id, { state: 'needs-files', problem });
}
