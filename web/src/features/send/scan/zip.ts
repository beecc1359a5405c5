import { BlobReader, ZipReader, type Entry } from '@zip.js/zip.js/lib/zip-core-custom.js';

import { cleanText } from './attributes';
import { readHead } from './source';
import type { SkipReason, Source, ZipMember } from './types';

const STORED = 0;
const DEFLATED = 8;
/** Signature, then 22 bytes that the directory repeats, then the lengths of name and extra field (APPNOTE 4.3.7). */
const LOCAL_HEADER = 30;
const LOCAL_MARK = [0x50, 0x4b, 0x03, 0x04];
const MAX_LABEL = 200;

const ZIP_MARKS = ['PK\x03\x04', 'PK\x05\x06'];
const OTHER_ARCHIVE_MARKS = [
  '\x1f\x8b',
  '7z\xbc\xaf\x27\x1c',
  'Rar!',
  'BZh',
  '\xfd7zXZ',
  '\x28\xb5\x2f\xfd',
];
const TAR_MARK = 'ustar';
const TAR_MARK_AT = 257;
/** As far as the mark of a tar goes. */
const MARKS_END = TAR_MARK_AT + TAR_MARK.length;
/** ZIPs by their content, but programs and documents by their purpose; the viewers on CDs bring them along. */
const PROGRAMS = /\.(jar|docx|xlsx|pptx|odt|apk)$/i;

/** Tell by its beginning whether a file that is not DICOM is an archive, and whether it is a ZIP. */
export async function archiveKind(source: Source, name: string): Promise<'zip' | 'other' | null> {
  if (PROGRAMS.test(name)) return null;
  const { bytes } = await readHead(source, MARKS_END);
  const beginning = String.fromCharCode(...bytes.subarray(0, MARKS_END));
  const begins = (mark: string) => beginning.startsWith(mark);
  if (ZIP_MARKS.some(begins)) return 'zip';
  const tar = beginning.startsWith(TAR_MARK, TAR_MARK_AT);
  return tar || OTHER_ARCHIVE_MARKS.some(begins) ? 'other' : null;
}

/** A member of an archive: where it lies, or why it can't be had. */
export interface Located {
  label: string;
  found: Source | SkipReason;
}

/** Yield the members of a ZIP, folders left out. Raises when it is no ZIP, or breaks off. */
export async function* zipMembers(file: File, label: string): AsyncGenerator<Located> {
  const reader = new ZipReader(new BlobReader(file));
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      const name = cleanText(entry.filename, MAX_LABEL);
      yield { label: `${label}/${name}`, found: await locate(file, entry) };
    }
  } finally {
    await reader.close();
  }
}

async function locate(file: File, entry: Entry): Promise<Source | SkipReason> {
  if (entry.encrypted) return 'encrypted';
  const member = await memberOf(file, entry);
  return member ? { file, member } : 'unreadable';
}

async function memberOf(file: File, entry: Entry): Promise<ZipMember | null> {
  const { offset, compressionMethod: method, compressedSize: packedSize } = entry;
  const stored = method === STORED && packedSize === entry.uncompressedSize;
  if (method !== DEFLATED && !stored) return null;
  const header = new DataView(await file.slice(offset, offset + LOCAL_HEADER).arrayBuffer());
  if (header.byteLength < LOCAL_HEADER) return null;
  if (LOCAL_MARK.some((byte, index) => header.getUint8(index) !== byte)) return null;
  const start = offset + LOCAL_HEADER + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packedSize > file.size) return null;
  return {
    start,
    packedSize,
    deflated: method === DEFLATED,
    size: entry.uncompressedSize,
    crc: entry.crc32 ?? 0,
  };
}
