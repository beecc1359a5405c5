import { codesOf, decodeAttributes, numbersOf } from './attributes';
import { hasPrefix, parseHeader, type Header, type Until } from './header';
import { readHead, sizeOf } from './source';
import type { ScannedFile, SkipReason, Source } from './types';
import { legalUid } from './uids';

const FIRST_READ = 16 * 1024;
const GROWTH = 4;
/** What a header takes is seldom a hundredth of it; a file without pixel data may take all of it. */
const MAX_HEADER = 16 * 1024 ** 2;
const DICOMDIR_CLASS = '1.2.840.10008.1.3.10';

/** One file that was looked into and can be filed under a study. */
export interface Instance {
  studyUid: string;
  file: ScannedFile;
  /** DICOM keyword → text. */
  attributes: Readonly<Record<string, string>>;
}

/** Read what a DICOM file says of itself; the reason when it can't be sent. Never raises for what is in the file. */
export async function readInstance(source: Source, label: string): Promise<Instance | SkipReason> {
  if (sizeOf(source) === 0) return 'empty';
  try {
    const header = await readHeader(source, 'attributes');
    return typeof header === 'object' ? instanceOf(header, source, label) : header;
  } catch {
    return 'unreadable'; // gone since it was picked, not allowed, or a ZIP that breaks in the middle
  }
}

/** Read a file's beginning, as much as it takes. Raises what reading raises. */
export async function readHeader(
  source: Source,
  until: Until,
): Promise<Header | 'not-dicom' | 'unreadable'> {
  for (let wanted = FIRST_READ; ; wanted *= GROWTH) {
    const head = await readHead(source, wanted);
    if (!hasPrefix(head.bytes)) return 'not-dicom';
    const last = head.whole || wanted >= MAX_HEADER;
    const header = parseHeader({ bytes: head.bytes, whole: last }, until);
    if (header !== 'more') return header ?? 'unreadable';
  }
}

function instanceOf(header: Header, source: Source, label: string): Instance | SkipReason {
  if (header.sopClassUid === DICOMDIR_CLASS) return 'dicomdir';
  const studyUid = legalUid(header.value('x0020000d'));
  if (!studyUid) return 'no-study';
  const attributes = decodeAttributes(header);
  const number = attributes.InstanceNumber ?? '';
  const frames = framesOf(header);
  const file: ScannedFile = {
    source,
    label,
    size: sizeOf(source),
    sopInstanceUid: legalUid(header.value('x00080018')),
    seriesInstanceUid: legalUid(header.value('x0020000e')),
    transferSyntaxUid: header.transferSyntaxUid,
    instanceNumber: /^[+-]?\d+$/.test(number) ? Number(number) : null,
    ...placeOf(header, frames),
    frames,
  };
  return { studyUid, file, attributes };
}

function framesOf(header: Header): number {
  const rows = header.value('x00280010');
  if (!header.pixels && rows.length === 0) return 0;
  const [frames = NaN] = numbersOf(header.value('x00280008'));
  return Number.isInteger(frames) && frames > 0 ? frames : 1;
}

/** Where a slice lies: its position projected on its normal (PS3.3 C.7.6.2.1.1), and what that compares with. */
function placeOf(header: Header, frames: number): Pick<ScannedFile, 'position' | 'stack'> {
  const position = numbersOf(header.value('x00200032'));
  const cosines = numbersOf(header.value('x00200037'));
  const known = position.length === 3 && cosines.length === 6;
  if (!known || ![...position, ...cosines].every(Number.isFinite)) {
    return { position: null, stack: null };
  }
  const millimetres = projected(position, cosines);
  const localizer = codesOf(header.value('x00080008')).includes('LOCALIZER');
  const [acquisition = ''] = codesOf(header.value('x00200012'));
  // A hundredth is well below what turns a slice, and above the noise of writers.
  const orientation = cosines.map((cosine) => (Math.round(cosine * 100) || 0) / 100).join(' ');
  return {
    position: millimetres,
    stack: localizer || frames !== 1 ? null : `${orientation}|${acquisition}`,
  };
}

function projected(position: number[], cosines: number[]): number {
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = cosines;
  const [x = 0, y = 0, z = 0] = position;
  return x * (ry * cz - rz * cy) + y * (rz * cx - rx * cz) + z * (rx * cy - ry * cx);
}
