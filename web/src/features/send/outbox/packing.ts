import type { ScannedFile, ScannedStudy } from '../scan/types';

/** Limits of one upload, as the API demands. */
const MAX_PARTS = 100;
export const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;
const MIB = 1024 ** 2;
/** A bundle is closed at this size, or up to the larger one where a study would need more than one upload otherwise. */
const SMALLEST_BUNDLE = 8 * MIB;
const LARGEST_BUNDLE = 20 * MIB;
/** What a ZIP adds for each member beside twice its name (APPNOTE 4.3.7, 4.3.12), and once at its end (4.3.16). */
const PER_MEMBER = 30 + 46;
const PER_ARCHIVE = 22;
const NAME_LENGTH = 200;

/** One part as it will be made: a large file alone, or small ones together in a bundle. */
export interface PlannedPart {
  name: string;
  isBundle: boolean;
  members: { name: string; file: ScannedFile }[];
}

/** Divide a study into uploads of at most 100 parts and 2 GB. The same files give the same parts, in the same order. */
export function plan(study: ScannedStudy): PlannedPart[][] {
  const target = Math.min(Math.max(SMALLEST_BUNDLE, (2 * study.size) / MAX_PARTS), LARGEST_BUNDLE);
  return uploadsOf(groupsOf(inSendingOrder(study), target)).map((groups) => {
    const nameOf = uniqueNames();
    return groups.map((group, index) => partOf(group, index + 1, nameOf));
  });
}

/** The middle slice of the largest series first: it shows a reader the patient and the body part at once. */
function inSendingOrder(study: ScannedStudy): ScannedFile[] {
  const files = study.series.flatMap((series) => series.files);
  const largest = study.series.reduce<ScannedFile[]>(
    (best, series) => (series.files.length > best.length ? series.files : best),
    [],
  );
  const first = largest[Math.floor(largest.length / 2)];
  return first ? [first, ...files.filter((file) => file !== first)] : [];
}

function groupsOf(files: ScannedFile[], target: number): ScannedFile[][] {
  const [first, ...rest] = files;
  const groups: ScannedFile[][] = first ? [[first]] : [];
  let pending: ScannedFile[] = [];
  let size = PER_ARCHIVE;
  const close = () => {
    if (pending.length > 0) groups.push(pending);
    pending = [];
    size = PER_ARCHIVE;
  };
  for (const file of rest) {
    if (file.size >= target) {
      groups.push([file]);
      continue;
    }
    if (size + sizeInArchive(file) > target) close();
    pending.push(file);
    size += sizeInArchive(file);
  }
  close();
  return groups;
}

function uploadsOf(groups: ScannedFile[][]): ScannedFile[][][] {
  const uploads: ScannedFile[][][] = [];
  let total = Infinity;
  for (const group of groups) {
    const size = PER_ARCHIVE + group.reduce((sum, file) => sum + sizeInArchive(file), 0);
    const last = uploads.at(-1);
    if (!last || last.length === MAX_PARTS || total + size > MAX_UPLOAD_BYTES) {
      uploads.push([group]);
      total = size;
    } else {
      last.push(group);
      total += size;
    }
  }
  return uploads;
}

function partOf(
  group: ScannedFile[],
  ordinal: number,
  nameOf: (label: string) => string,
): PlannedPart {
  const [only] = group;
  if (only && group.length === 1) {
    const name = nameOf(only.label.split('/').pop() ?? only.label);
    return { name, isBundle: false, members: [{ name, file: only }] };
  }
  const memberName = uniqueNames();
  return {
    name: nameOf(`bundle-${String(ordinal).padStart(3, '0')}.zip`),
    isBundle: true,
    members: group.map((file) => ({ name: memberName(file.label), file })),
  };
}

function sizeInArchive(file: ScannedFile): number {
  const name = new TextEncoder().encode(safe(file.label)).length;
  return file.size + PER_MEMBER + 2 * name;
}

/** Return a name that any system takes: printable, no backslash or colon, no folder above, at most 200 characters. */
function safe(label: string): string {
  const printable = label
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '_')
    .replace(/[\\:*?"<>|]/g, '_')
    .split('/')
    .filter((step) => step !== '' && step !== '.' && step !== '..')
    .join('/');
  return lastOf(printable, NAME_LENGTH).replace(/^\/+/, '') || 'file';
}

/** Return at most so many characters of the end, never half of a surrogate pair. */
function lastOf(text: string, length: number): string {
  return Array.from(text).slice(-length).join('');
}

/** Put a number before every name that came before, so that a verdict can be traced to its file. */
function uniqueNames(): (label: string) => string {
  const seen = new Set<string>();
  return (label) => {
    const name = safe(label);
    let candidate = name;
    for (let number = 2; seen.has(candidate.toLowerCase()); number += 1) {
      candidate = `${number}-${name}`;
    }
    seen.add(candidate.toLowerCase());
    return candidate;
  };
}
