import type { ReadyStudy } from '../study/ready';
import { SERVICE_LEVELS } from '../study/serviceLevels';

import type { PartBytes } from './bytes';
import type { Hands } from './crew';
import { database } from './db';
import { plan, type PlannedPart } from './packing';
import { inTheEnd, kept } from './room';
import type { Consignment, Part } from './types';

/** Held while a consignment's bytes are being put into the outbox: a row without a holder was interrupted. */
export const packingLock = (id: string): string => `relaypacs-packing-${id}`;

/**
 * Put a study into the outbox. When this returns its bytes were written and read back, or, where the browser keeps
 * nothing for us, `isKept` says that they are there only as long as this page is.
 *
 * Raises when a file can't be read, or the browser has no room for the list of them; nothing of the study is in the outbox
 * then.
 */
export async function keep(
  ready: ReadyStudy,
  owner: string,
  tools: { hands: Hands; bytes: PartBytes },
): Promise<void> {
  const uploads = plan(ready.study);
  for (const [index, planned] of uploads.entries()) {
    const row = consignmentOf(ready, owner, planned, { ordinal: index + 1, of: uploads.length });
    await navigator.locks.request(packingLock(row.id), () => packed(row, planned, tools));
  }
}

async function packed(
  row: Consignment,
  planned: PlannedPart[],
  { hands, bytes }: { hands: Hands; bytes: PartBytes },
): Promise<void> {
  await database.consignments.add(row);
  try {
    let isKept = true;
    let size = 0;
    for (const [ordinal, part] of planned.entries()) {
      const made = await hands.makePart(part);
      size += made.bytes.size;
      if (isKept && !(await kept(row.id, ordinal, made.bytes))) {
        isKept = false;
        await database.bytes.where({ consignmentId: row.id }).delete();
      }
      await inTheEnd(() => database.parts.add(partOf(row.id, ordinal, part, made)));
    }
    if (!isKept) await bytes.hold(row.id, planned);
    await inTheEnd(() => database.consignments.update(row.id, { state: 'queued', isKept, size }));
  } catch (error) {
    await database.forget(row.id);
    throw error;
  }
}

function partOf(
  consignmentId: string,
  ordinal: number,
  planned: PlannedPart,
  made: { bytes: Blob; ingredients: Part['ingredients'] },
): Part {
  return {
    consignmentId,
    ordinal,
    name: planned.name,
    size: made.bytes.size,
    isBundle: planned.isBundle,
    ingredients: made.ingredients,
    fileId: null,
    missing: null,
  };
}

function consignmentOf(
  { study, metadata, preview, reportId }: ReadyStudy,
  owner: string,
  planned: PlannedPart[],
  place: { ordinal: number; of: number },
): Consignment {
  const now = Date.now();
  return {
    id: crypto.randomUUID(),
    owner,
    state: 'packing',
    isPaused: false,
    isForced: false,
    isUrgent: false,
    priority: SERVICE_LEVELS.findIndex(({ level }) => level === metadata.service_level),
    position: now,
    addedAt: now,
    studyInstanceUid: study.uid,
    ...place,
    images: planned.reduce((sum, part) => sum + part.members.length, 0),
    series: study.series.length,
    size: planned.reduce((sum, part) => sum + sizeOf(part), 0),
    metadata,
    reportId,
    preview,
    isKept: false,
    uploadId: null,
    token: null,
    chunkSize: 0,
    problem: null,
    progress: null,
  };
}

function sizeOf(part: PlannedPart): number {
  return part.members.reduce((sum, { file }) => sum + file.size, 0);
}
