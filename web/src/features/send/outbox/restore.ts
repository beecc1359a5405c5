import { readSource } from '../scan/source';
import type { ScannedFile, ScannedStudy } from '../scan/types';

import type { PartBytes } from './bytes';
import type { Hands } from './crew';
import { database } from './db';
import { fingerprint } from './fingerprint';
import type { PlannedPart } from './packing';
import { inTheEnd, kept } from './room';
import type { Consignment, Part } from './types';

/** The consignments of a study whose bytes this device has lost. */
export function lostOf(owner: string, studyInstanceUid: string): Promise<Consignment[]> {
  return database.consignments
    .where('[owner+studyInstanceUid]')
    .equals([owner, studyInstanceUid])
    .and(({ state }) => state === 'needs-files')
    .toArray();
}

/**
 * Give lost bytes back to a consignment from files that were picked again, each known by its digest.
 *
 * Returns false, and changes nothing, when they are not all there. The parts come out byte for byte as before, so
 * that only what the gateway does not have yet is sent.
 */
export async function restore(
  consignment: Consignment,
  study: ScannedStudy,
  { hands, bytes }: { hands: Hands; bytes: PartBytes },
): Promise<boolean> {
  const { id } = consignment;
  const parts = await database.parts.where({ consignmentId: id }).sortBy('ordinal');
  const planned = await plannedAgain(parts, study);
  if (!planned) return false;
  let isKept = true;
  for (const [ordinal, part] of planned.entries()) {
    const made = await hands.makePart(part);
    if (made.bytes.size !== parts[ordinal]?.size) return false;
    if (isKept && !(await kept(id, ordinal, made.bytes))) {
      isKept = false;
      await database.bytes.where({ consignmentId: id }).delete();
    }
  }
  if (!isKept) await bytes.hold(id, planned);
  await inTheEnd(() =>
    database.consignments.update(id, { state: 'queued', isKept, problem: null }),
  );
  return true;
}

async function plannedAgain(parts: Part[], study: ScannedStudy): Promise<PlannedPart[] | null> {
  const bySize = new Map<number, ScannedFile[]>();
  for (const file of study.series.flatMap((series) => series.files)) {
    bySize.set(file.size, [...(bySize.get(file.size) ?? []), file]);
  }
  const digests = new Map<ScannedFile, string>();
  const planned: PlannedPart[] = [];
  for (const part of parts) {
    const members: PlannedPart['members'] = [];
    for (const { name, size, sha256 } of part.ingredients) {
      const file = await found(bySize.get(size) ?? [], sha256, digests);
      if (!file) return null;
      members.push({ name, file });
    }
    planned.push({ name: part.name, isBundle: part.isBundle, members });
  }
  return planned;
}

async function found(
  candidates: ScannedFile[],
  sha256: string,
  digests: Map<ScannedFile, string>,
): Promise<ScannedFile | null> {
  for (const file of candidates) {
    const digest = digests.get(file) ?? (await digestOf(file));
    digests.set(file, digest);
    if (digest === sha256) return file;
  }
  return null;
}

async function digestOf({ source }: ScannedFile): Promise<string> {
  if (!source.member) return fingerprint(source.file);
  return fingerprint((await readSource(source)) as Uint8Array<ArrayBuffer>);
}
