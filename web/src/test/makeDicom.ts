import { deflateSync } from 'fflate';

/** The attributes that tests set: keyword → group, element, VR. */
const DICTIONARY = {
  SpecificCharacterSet: [0x0008, 0x0005, 'CS'],
  ImageType: [0x0008, 0x0008, 'CS'],
  SOPClassUID: [0x0008, 0x0016, 'UI'],
  SOPInstanceUID: [0x0008, 0x0018, 'UI'],
  StudyDate: [0x0008, 0x0020, 'DA'],
  SeriesDate: [0x0008, 0x0021, 'DA'],
  AccessionNumber: [0x0008, 0x0050, 'SH'],
  Modality: [0x0008, 0x0060, 'CS'],
  ReferringPhysicianName: [0x0008, 0x0090, 'PN'],
  StudyDescription: [0x0008, 0x1030, 'LO'],
  SeriesDescription: [0x0008, 0x103e, 'LO'],
  PatientName: [0x0010, 0x0010, 'PN'],
  PatientID: [0x0010, 0x0020, 'LO'],
  PatientBirthDate: [0x0010, 0x0030, 'DA'],
  PatientSex: [0x0010, 0x0040, 'CS'],
  BodyPartExamined: [0x0018, 0x0015, 'CS'],
  StudyInstanceUID: [0x0020, 0x000d, 'UI'],
  SeriesInstanceUID: [0x0020, 0x000e, 'UI'],
  SeriesNumber: [0x0020, 0x0011, 'IS'],
  AcquisitionNumber: [0x0020, 0x0012, 'IS'],
  InstanceNumber: [0x0020, 0x0013, 'IS'],
  ImagePositionPatient: [0x0020, 0x0032, 'DS'],
  ImageOrientationPatient: [0x0020, 0x0037, 'DS'],
  SamplesPerPixel: [0x0028, 0x0002, 'US'],
  PhotometricInterpretation: [0x0028, 0x0004, 'CS'],
  PlanarConfiguration: [0x0028, 0x0006, 'US'],
  NumberOfFrames: [0x0028, 0x0008, 'IS'],
  Rows: [0x0028, 0x0010, 'US'],
  Columns: [0x0028, 0x0011, 'US'],
  BitsAllocated: [0x0028, 0x0100, 'US'],
  BitsStored: [0x0028, 0x0101, 'US'],
  PixelRepresentation: [0x0028, 0x0103, 'US'],
  WindowCenter: [0x0028, 0x1050, 'DS'],
  WindowWidth: [0x0028, 0x1051, 'DS'],
  RescaleIntercept: [0x0028, 0x1052, 'DS'],
  RescaleSlope: [0x0028, 0x1053, 'DS'],
  PrivateNote: [0x0029, 0x1010, 'OB'],
  OverlayData: [0x6000, 0x3000, 'OW'],
  PixelData: [0x7fe0, 0x0010, 'OW'],
} as const;

type Keyword = keyof typeof DICTIONARY;
/** Texts go in as Latin-1; a list is multiple values; null leaves the attribute out. */
export type Attributes = Partial<
  Record<Keyword, string | number | readonly (string | number)[] | Uint8Array | null>
>;

export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
export const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
export const JPEG_2000 = '1.2.840.10008.1.2.4.90';

export const STUDY_UID = '1.2.826.0.1.3680043.8.498.1';
export const SERIES_UID = `${STUDY_UID}.2`;
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

let made = 0;

/** A CT slice of 4 by 4 pixels in a file of its own, unless told otherwise; each has its own SOPInstanceUID. */
export function makeDicom(
  changes: Attributes = {},
  syntax = EXPLICIT_LITTLE,
): Uint8Array<ArrayBuffer> {
  made += 1;
  const attributes: Attributes = {
    SOPClassUID: CT_IMAGE,
    SOPInstanceUID: `${SERIES_UID}.${made}`,
    StudyDate: '20260114',
    Modality: 'CT',
    PatientName: 'DOE^JANE',
    PatientID: 'P1',
    PatientBirthDate: '19700101',
    PatientSex: 'F',
    StudyInstanceUID: STUDY_UID,
    SeriesInstanceUID: SERIES_UID,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 4,
    Columns: 4,
    BitsAllocated: 16,
    BitsStored: 16,
    PixelRepresentation: 0,
    PixelData: new Uint8Array(32),
    ...changes,
  };
  const body = dataSet(attributes, syntax);
  const meta = element([0x0002, 0x0010, 'UI'], syntax, EXPLICIT_LITTLE);
  return joined([
    new Uint8Array(128),
    ascii('DICM'),
    meta,
    syntax === DEFLATED ? deflateSync(body) : body,
  ]);
}

/** The same as a file that somebody picks. */
export function makeDicomFile(name: string, changes: Attributes = {}, syntax?: string): File {
  return new File([makeDicom(changes, syntax)], name);
}

/** Slices of one stack, `spacing` millimetres apart, numbered from 1. */
export function makeStack(count: number, changes: Attributes = {}, spacing = 5): File[] {
  return Array.from({ length: count }, (_, index) =>
    makeDicomFile(`IM${String(index + 1).padStart(4, '0')}`, {
      InstanceNumber: index + 1,
      ImagePositionPatient: [0, 0, index * spacing],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      ...changes,
    }),
  );
}

/** Encapsulated pixel data (PS3.5 A.4): an empty offset table, the fragments, the delimiter. */
export function encapsulated(...fragments: Uint8Array[]): Uint8Array {
  const item = (tag: number, value: Uint8Array) =>
    joined([shorts([0xfffe, tag], true), longs([value.length], true), value]);
  return joined([
    item(0xe000, new Uint8Array()),
    ...fragments.map((fragment) => item(0xe000, fragment)),
    item(0xe0dd, new Uint8Array()),
  ]);
}

function dataSet(attributes: Attributes, syntax: string): Uint8Array {
  return joined(
    Object.entries(DICTIONARY).flatMap(([keyword, entry]) => {
      const value = attributes[keyword as Keyword];
      return value === undefined || value === null ? [] : [element(entry, value, syntax)];
    }),
  );
}

type Value = NonNullable<Attributes[Keyword]>;

const LONG_VRS = ['OB', 'OW', 'UN', 'SQ'];
const NATIVE = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
const UNDEFINED_LENGTH = 0xffffffff;

function element(
  [group, number, vr]: readonly [number, number, string],
  value: Value,
  syntax: string,
): Uint8Array {
  const little = syntax !== EXPLICIT_BIG;
  const bytes = encoded(vr, value, little);
  const capsule = group === 0x7fe0 && !NATIVE.includes(syntax);
  const length = capsule ? UNDEFINED_LENGTH : bytes.length;
  const tag = shorts([group, number], little);
  if (syntax === IMPLICIT_LITTLE) return joined([tag, longs([length], little), bytes]);
  const sized = LONG_VRS.includes(vr)
    ? [new Uint8Array(2), longs([length], little)]
    : [shorts([length], little)];
  return joined([tag, ascii(vr), ...sized, bytes]);
}

function encoded(vr: string, value: Value, little: boolean): Uint8Array {
  if (value instanceof Uint8Array) return padded(value, 0);
  const values = typeof value === 'object' ? value : [value];
  if (vr === 'US') return shorts(values.map(Number), little);
  return padded(ascii(values.join('\\')), vr === 'UI' ? 0 : 0x20);
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(filler)]);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function shorts(values: number[], little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, index) => view.setUint16(2 * index, value, little));
  return new Uint8Array(view.buffer);
}

function longs(values: number[], little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setUint32(4 * index, value, little));
  return new Uint8Array(view.buffer);
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
