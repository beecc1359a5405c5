import {
  bigEndianByteArrayParser,
  ByteStream,
  littleEndianByteArrayParser,
  parseDicomDataSetExplicit,
  parseDicomDataSetImplicit,
  readDicomElementExplicit,
  type DataSet,
  type Element,
} from 'dicom-parser';

import { inflateHead } from './inflate';
import type { Head } from './source';
import { cleanUid, isLegalUid } from './uids';

const PREFIX_AT = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d]; // DICM
const PREFIX_END = PREFIX_AT + PREFIX.length;
const META_GROUP = [0x02, 0x00];
const IDENTIFYING_GROUP = [0x08, 0x00];
const PIXEL_DATA = 'x7fe00010';
/** No attribute that a study is filed by lies behind it: Rows and Columns are the last. */
const LAST_WANTED = 'x00280011';
const ITEMS = 'xfffe';
/** As much of a deflated data set is unpacked at most. */
const MAX_INFLATED = 16 * 1024 ** 2;

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** Implicit VR: the default, and GE's private syntax of old archives. */
const IMPLICIT = new Set(['1.2.840.10008.1.2', '1.2.840.113619.5.2']);
const DEFLATED = new Set([
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.95',
  '1.2.840.10008.1.2.4.205',
]);

/** Where the pixel data lie, in bytes from the start of the file; `length` is null where it is undefined. */
export interface PixelElement {
  start: number;
  length: number | null;
}

/** What stands in a DICOM file before its pixel data. */
export interface Header {
  transferSyntaxUid: string;
  sopClassUid: string;
  bigEndian: boolean;
  /** Null where the file has none, or where they can't be reached without unpacking the file. */
  pixels: PixelElement | null;
  /** The bytes of a value, by the tag as `x00100010`; empty where it is missing, or not all there. */
  value: (tag: string) => Uint8Array;
}

/** Tell whether a file that begins so is DICOM by its mark (PS3.10 7.1). */
export function hasPrefix(bytes: Uint8Array): boolean {
  return startsWith(bytes.subarray(PREFIX_AT), PREFIX);
}

/** How far a header is read: until nothing that a study is filed by can follow, or to the pixel data itself. */
export type Until = 'attributes' | 'pixels';

/**
 * Read the header out of the beginning of a file that has the prefix.
 *
 * Returns 'more' when the beginning is too short for it; null when the file can't be read as DICOM. A file that
 * breaks off or is broken further down gives what could be read of it.
 */
export function parseHeader(head: Head, until: Until): Header | 'more' | null {
  const unfinished = head.whole ? null : 'more';
  const meta = parseMeta(head.bytes);
  const body = meta && bodyOf(head.bytes, meta);
  if (!body) return unfinished;
  const elements = parseBody(body, meta.syntax);
  const beginning = Object.keys(elements).length > 0;
  if (!beginning || !(head.whole || reaches(elements, until))) return unfinished;
  const pixels = elements[PIXEL_DATA];
  return {
    transferSyntaxUid: meta.syntax,
    // The data set's own class counts, if it has one: an image must not be passed over for what its meta says.
    sopClassUid: cleanUid(valueOf(body, elements.x00080016)) || meta.sopClass,
    bigEndian: meta.syntax === BIG_ENDIAN,
    pixels: pixels && !DEFLATED.has(meta.syntax) ? placeOf(pixels, meta.end) : null,
    value: (tag) => valueOf(body, elements[tag]),
  };
}

type Elements = Record<string, Element>;

interface Meta {
  syntax: string;
  sopClass: string;
  /** Where the data set begins. */
  end: number;
}

/** Read the file meta information, which is explicit little endian whatever follows (PS3.10 7.1). */
function parseMeta(bytes: Uint8Array): Meta | null {
  const elements: Elements = {};
  try {
    const stream = new ByteStream(littleEndianByteArrayParser, bytes, PREFIX_END);
    while (startsWith(bytes.subarray(stream.position), META_GROUP)) {
      const element = readDicomElementExplicit(stream, []);
      elements[element.tag] = element;
    }
    const syntax = cleanUid(valueOf(bytes, elements.x00020010));
    const sopClass = cleanUid(valueOf(bytes, elements.x00020002));
    const complete = isLegalUid(syntax) && stream.position < bytes.length;
    return complete ? { syntax, sopClass, end: stream.position } : null;
  } catch {
    return null; // the library throws strings, for every kind of fault
  }
}

/** Return the data set, as far as it is there; null where it can't be inflated. */
function bodyOf(bytes: Uint8Array, { syntax, end }: Meta): Uint8Array | null {
  const body = bytes.subarray(end);
  if (!DEFLATED.has(syntax)) return body;
  try {
    return inflateHead(body, MAX_INFLATED);
  } catch {
    return null;
  }
}

/** Return the elements up to the pixel data, or to where the bytes end or make no sense. */
function parseBody(bytes: Uint8Array, syntax: string): Elements {
  const dataSet = { elements: {}, byteArray: bytes, warnings: [] } as unknown as DataSet;
  const parser = syntax === BIG_ENDIAN ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  try {
    const stream = new ByteStream(parser, bytes, 0);
    const until = { untilTag: PIXEL_DATA };
    if (IMPLICIT.has(syntax) || looksImplicit(bytes)) {
      parseDicomDataSetImplicit(dataSet, stream, bytes.length, until);
    } else {
      parseDicomDataSetExplicit(dataSet, stream, bytes.length, until);
    }
  } catch {
    // what was read before the fault counts: whether that is acceptable is for the gateway to say
  }
  return dataSet.elements;
}

/** Some writers of compressed images leave out the VRs that their transfer syntax announces. */
function looksImplicit(bytes: Uint8Array): boolean {
  const vr = String.fromCharCode(...bytes.subarray(4, 6));
  return startsWith(bytes, IDENTIFYING_GROUP) && !/^[A-Za-z]{2}$/.test(vr);
}

function reaches(elements: Elements, until: Until): boolean {
  if (until === 'pixels') return PIXEL_DATA in elements;
  return Object.keys(elements).some((tag) => tag > LAST_WANTED && !tag.startsWith(ITEMS));
}

function placeOf({ dataOffset, length, hadUndefinedLength }: Element, base: number): PixelElement {
  return { start: base + dataOffset, length: hadUndefinedLength ? null : length };
}

function valueOf(bytes: Uint8Array, element: Element | undefined): Uint8Array {
  if (!element || element.dataOffset + element.length > bytes.length) return new Uint8Array();
  return bytes.subarray(element.dataOffset, element.dataOffset + element.length);
}

function startsWith(bytes: Uint8Array, mark: number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}
