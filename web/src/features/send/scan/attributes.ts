import { decoderFor, type Decode } from './charset';
import type { Header } from './header';

const MAX_TEXT = 256;
/** Control characters, and those that turn the direction of the text around them. */
const UNWANTED =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]/gu;
const NOT_ASCII = /[^\u0020-\u007f]/g;

/** How the text of an attribute is encoded: by SpecificCharacterSet (names by their parts), or as plain ASCII. */
type Kind = 'name' | 'text' | 'code';

/** The attributes that a study is shown, announced and compared by: tag, keyword, kind. */
const ATTRIBUTES: readonly (readonly [tag: string, keyword: string, kind: Kind])[] = [
  ['x00100010', 'PatientName', 'name'],
  ['x00100020', 'PatientID', 'text'],
  ['x00100021', 'IssuerOfPatientID', 'text'],
  ['x00100030', 'PatientBirthDate', 'code'],
  ['x00100040', 'PatientSex', 'code'],
  ['x00080020', 'StudyDate', 'code'],
  ['x00080030', 'StudyTime', 'code'],
  ['x00080021', 'SeriesDate', 'code'],
  ['x00080022', 'AcquisitionDate', 'code'],
  ['x00080023', 'ContentDate', 'code'],
  ['x00080050', 'AccessionNumber', 'text'],
  ['x00080090', 'ReferringPhysicianName', 'name'],
  ['x00081030', 'StudyDescription', 'text'],
  ['x0008103e', 'SeriesDescription', 'text'],
  ['x00180015', 'BodyPartExamined', 'code'],
  ['x00080060', 'Modality', 'code'],
  ['x00200011', 'SeriesNumber', 'code'],
  ['x00200013', 'InstanceNumber', 'code'],
];
const SPECIFIC_CHARACTER_SET = 'x00080005';

/**
 * Return the text of each attribute that is there and not empty, by its keyword.
 *
 * Multiple values stay joined by backslashes. What can't be decoded becomes U+FFFD.
 */
export function decodeAttributes(header: Header): Record<string, string> {
  const decode = decoderFor(plain(header.value(SPECIFIC_CHARACTER_SET)));
  const attributes: Record<string, string> = {};
  for (const [tag, keyword, kind] of ATTRIBUTES) {
    const text = cleanText(textOf(header.value(tag), kind, decode)).replace(/=+$/, '');
    if (text) attributes[keyword] = text;
  }
  return attributes;
}

/** Return text fit for a page: one line, no control characters, at most `limit` long. */
export function cleanText(text: string, limit = MAX_TEXT): string {
  return text.replace(UNWANTED, ' ').slice(0, limit).trim();
}

/** Return the numbers of a value of VR DS or IS; what is none is NaN. */
export function numbersOf(raw: Uint8Array): number[] {
  const text = plain(raw).trim();
  return text ? text.split('\\').map((part) => (part.trim() ? Number(part) : NaN)) : [];
}

/** Return the components of a value of plain characters, such as CS. */
export function codesOf(raw: Uint8Array): string[] {
  return plain(raw)
    .split('\\')
    .map((code) => code.trim());
}

function textOf(raw: Uint8Array, kind: Kind, decode: Decode): string {
  const bytes = unpadded(raw);
  return kind === 'code' ? plain(bytes).replace(NOT_ASCII, '\ufffd') : decode(bytes, kind);
}

function plain(raw: Uint8Array): string {
  return String.fromCharCode(...unpadded(raw).subarray(0, 4 * MAX_TEXT));
}

function unpadded(raw: Uint8Array): Uint8Array {
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === 0x20 || raw[end - 1] === 0)) end -= 1;
  return raw.subarray(0, end);
}
