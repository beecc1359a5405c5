import { ApiError } from '@/shared/api/problem';

import { database } from './db';
import { viewOf } from './gateway';
import { outcomeOf } from './outcome';
import type { Consignment } from './types';

const TICK_MS = 3_000;
const CALM_MS = 30_000;
/** How many uploads one turn asks about: a long list must not keep the link busy with questions. */
const PER_TURN = 4;

/**
 * Ask the gateway what has become of what was sent, until it is verified in the PACS and safe to delete here.
 *
 * Runs beside the sender, under the same lock, and never raises: what can't be asked now is asked again.
 */
export async function follow(owner: string, signal: AbortSignal): Promise<void> {
  const askedAt = new Map<string, number>();
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const due = (await underWatch(owner))
      .filter((row) => Date.now() - (askedAt.get(row.id) ?? 0) >= pauseOf(row))
      .toSorted((a, b) => (askedAt.get(a.id) ?? 0) - (askedAt.get(b.id) ?? 0))
      .slice(0, PER_TURN);
    for (const row of due) {
      if (isOver()) return;
      askedAt.set(row.id, Date.now());
      await ask(row, signal);
    }
    await pause(TICK_MS, signal);
  }
}

/** What the gateway may still say something new about. */
async function underWatch(owner: string): Promise<Consignment[]> {
  const rows = await database.consignments
    .where('[owner+state]')
    .anyOf([
      [owner, 'following'],
      [owner, 'done'],
    ])
    .toArray();
  return rows.filter((row) => row.uploadId !== null && !row.progress?.safeToDelete);
}

function pauseOf(row: Consignment): number {
  return row.state === 'following' && row.progress?.stage !== 'held' ? TICK_MS : CALM_MS;
}

async function ask(row: Consignment, signal: AbortSignal): Promise<void> {
  if (row.uploadId === null || !navigator.onLine) return;
  try {
    await note(row.id, outcomeOf(await viewOf(row.uploadId, signal)));
  } catch (error) {
    if (error instanceof ApiError && [404, 410].includes(error.status)) {
      await note(row.id, { state: 'stopped', problem: { code: 'upload-gone', detail: '' } });
    }
  }
}

/** Keep what was learnt; once the study is in the PACS this device's copy is not needed any more. */
async function note(id: string, outcome: Partial<Consignment>): Promise<void> {
  await database.transaction('rw', [database.consignments, database.bytes], async () => {
    await database.consignments.update(id, outcome);
    if (outcome.state === 'done') await database.bytes.where({ consignmentId: id }).delete();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
