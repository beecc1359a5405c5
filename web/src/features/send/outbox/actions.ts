import { database } from './db';
import { inOrder } from './order';
import type { Consignment } from './types';

/* What people do with what is in the outbox. Whoever sends hears of it from the database. */

export async function pause(id: string): Promise<void> {
  await database.consignments.update(id, { isPaused: true });
}

export async function resume(id: string): Promise<void> {
  await database.consignments.update(id, { isPaused: false });
}

/** Send it although the data saver's limit for today is reached. */
export async function sendNow(id: string): Promise<void> {
  await database.consignments.update(id, { isUrgent: true });
}

/** Send it although the gateway has the same study. */
export async function sendAllTheSame(id: string): Promise<void> {
  await database.consignments.update(id, { state: 'queued', isForced: true, problem: null });
}

/** Send it though its question was answered meanwhile: it joins its study by itself. */
export async function sendUnasked(id: string): Promise<void> {
  await database.consignments.update(id, { state: 'queued', reportId: null, problem: null });
}

/** Try again what stood still for a reason that may be gone. */
export async function tryAgain(id: string): Promise<void> {
  await database.consignments.update(id, { state: 'queued', problem: null });
}

/** Cancel it here at once, and at the gateway as soon as it can be told. */
export async function cancel(id: string): Promise<void> {
  await database.consignments.update(id, { state: 'cancelling' });
}

/** Take what is finished from the list; the gateway keeps its own. */
export async function dismiss(id: string): Promise<void> {
  await database.forget(id);
}

/** Return whom `consignment` would change places with: the next of the same urgency that waits, too. */
export function neighbour(
  consignment: Consignment,
  all: Consignment[],
  way: 'earlier' | 'later',
): Consignment | null {
  const peers = inOrder(
    all.filter(({ state, priority }) => state === 'queued' && priority === consignment.priority),
  );
  const place = peers.findIndex(({ id }) => id === consignment.id);
  return place < 0 ? null : (peers[place + (way === 'earlier' ? -1 : 1)] ?? null);
}

export async function changePlaces(one: Consignment, other: Consignment): Promise<void> {
  await database.transaction('rw', database.consignments, async () => {
    await database.consignments.update(one.id, { position: other.position });
    await database.consignments.update(other.id, { position: one.position });
  });
}
