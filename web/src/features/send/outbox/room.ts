import { isOutOfRoom } from '@/shared/outOfRoom';

import { database } from './db';
import { fingerprint } from './fingerprint';

/** Write the bytes and read them back; return whether what is there is what was written. */
export async function kept(consignmentId: string, ordinal: number, bytes: Blob): Promise<boolean> {
  try {
    await database.bytes.put({ consignmentId, ordinal, bytes });
    const there = await database.bytes.get([consignmentId, ordinal]);
    return there?.bytes.size === bytes.size && (await sameEnds(there.bytes, bytes));
  } catch {
    return false; // no room, or no storage at all (private windows)
  }
}

/** How long a browser goes on counting what it has just refused, before a row that does fit fits. */
const REFUSED_FOR_MS = [100, 300, 1000, 3000];

/** Write a row, also where a large write was refused a moment ago. Raises when there is no room for rows either. */
export async function inTheEnd(write: () => PromiseLike<unknown>): Promise<void> {
  for (const moment of REFUSED_FOR_MS) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isOutOfRoom(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, moment));
    }
  }
  await write();
}

const END = 64 * 1024;

async function sameEnds(one: Blob, other: Blob): Promise<boolean> {
  for (const [from, to] of [
    [0, END],
    [Math.max(0, one.size - END), one.size],
  ]) {
    const [a, b] = await Promise.all([one, other].map((blob) => fingerprint(blob.slice(from, to))));
    if (a !== b) return false;
  }
  return true;
}
