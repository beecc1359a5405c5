import { crc32 } from './crc32';
import { inflateHead, joined } from './inflate';
import type { Source, ZipMember } from './types';

/** The member of the ZIP is not what the archive's directory says, so nothing of it can be trusted. */
export class BrokenMemberError extends Error {
  override readonly name = 'BrokenMemberError';
}

/** Return how many bytes the source has, unpacked. */
export function sizeOf({ file, member }: Source): number {
  return member ? member.size : file.size;
}

/**
 * Read a whole DICOM file, out of its ZIP if it lies in one. Works in a window and in a worker.
 *
 * Raises BrokenMemberError, or the browser's own error (NotReadableError, NotFoundError) when the file that was
 * picked is gone or has changed.
 */
export async function readSource({ file, member }: Source): Promise<Uint8Array> {
  if (!member) return read(file, 0, file.size);
  const bytes = member.deflated
    ? await inflated(file, member)
    : await read(file, member.start, member.packedSize);
  if (bytes.length !== member.size || crc32(bytes) !== member.crc) throw new BrokenMemberError();
  return bytes;
}

export interface Head {
  bytes: Uint8Array;
  /** Whether that is all there is. */
  whole: boolean;
}

/** Read about `wanted` bytes from the beginning of a source, never much more. Raises as `readSource`. */
export async function readHead({ file, member }: Source, wanted: number): Promise<Head> {
  if (!member) return { bytes: await read(file, 0, wanted), whole: wanted >= file.size };
  if (member.deflated) return inflatedHead(file, member, wanted);
  const length = Math.min(wanted, member.packedSize);
  return { bytes: await read(file, member.start, length), whole: length === member.packedSize };
}

const GROWTH = 4;

/** Packed bytes may give nothing yet: a block that is stored (RFC 1951, 3.2.4) comes out when it is all there. */
async function inflatedHead(file: File, member: ZipMember, wanted: number): Promise<Head> {
  for (let length = wanted; ; length *= GROWTH) {
    const packed = await read(file, member.start, Math.min(length, member.packedSize));
    const bytes = inflateHead(packed, wanted);
    const all = packed.length === member.packedSize;
    if (bytes.length >= wanted) return { bytes, whole: all && bytes.length === member.size };
    if (all || packed.length < length) return { bytes, whole: true };
  }
}

/** Read bytes out of the middle of a source; fewer at its end. A deflated member is unpacked for it. */
export async function readPart(source: Source, start: number, length: number): Promise<Uint8Array> {
  const { file, member } = source;
  if (!member) return read(file, start, length);
  if (member.deflated) return (await readSource(source)).subarray(start, start + length);
  return read(file, member.start + start, Math.min(length, member.packedSize - start));
}

const COMPARED_AT_ONCE = 4 * 1024 ** 2;

/** Tell whether two sources have the same content, byte for byte. Raises as `readSource`. */
export async function sameContent(one: Source, other: Source): Promise<boolean> {
  const size = sizeOf(one);
  if (size !== sizeOf(other)) return false;
  const deflated = Boolean(one.member?.deflated) || Boolean(other.member?.deflated);
  const step = deflated ? Math.max(size, 1) : COMPARED_AT_ONCE;
  for (let at = 0; at < size; at += step) {
    const left = await readPart(one, at, step);
    const right = await readPart(other, at, step);
    if (!sameBytes(left, right)) return false;
  }
  return true;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

async function read(file: File, start: number, length: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
}

async function inflated(file: File, { start, packedSize, size }: ZipMember): Promise<Uint8Array> {
  const packed = file.slice(start, start + packedSize).stream();
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await brokenIfRefused(reader.read());
    if (done) return joined(pieces, length);
    pieces.push(value);
    length += value.length;
    if (length > size) {
      await reader.cancel();
      throw new BrokenMemberError();
    }
  }
}

/** A file that can't be read is a DOMException; anything else comes from deflate data that can't be inflated. */
async function brokenIfRefused<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new BrokenMemberError('', { cause: error });
  }
}
