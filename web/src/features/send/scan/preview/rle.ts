import type { FrameLayout } from './frame';

const HEADER = 64;
const MAX_SEGMENTS = 15;

/**
 * Decode a frame of RLE Lossless (PS3.5 annex G) to native pixel data: little endian, samples interleaved.
 *
 * Null for a frame that is not what the layout says. Missing pixels at the end of a segment stay zero.
 */
export function decodeRle(frame: Uint8Array, layout: FrameLayout): Uint8Array | null {
  const { rows, columns, samples, bytesPerSample } = layout;
  if (frame.length < HEADER) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = view.getUint32(0, true);
  if (count !== samples * bytesPerSample || count > MAX_SEGMENTS) return null;
  const pixels = rows * columns;
  const native = new Uint8Array(pixels * count);
  for (let segment = 0; segment < count; segment += 1) {
    const start = view.getUint32(4 * (segment + 1), true);
    const end = segment + 1 < count ? view.getUint32(4 * (segment + 2), true) : frame.length;
    if (start < HEADER || end < start) return null;
    // Segments go from the most significant byte of the first sample to the least of the last.
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(frame.subarray(start, end), pixels, native, sample * bytesPerSample + byte, count);
  }
  return native;
}

/** Unpack PackBits (G.3.1) into every `step`th byte of `target`, at most `limit` of them. */
function unpack(
  packed: Uint8Array,
  limit: number,
  target: Uint8Array,
  offset: number,
  step: number,
): void {
  let at = 0;
  let done = 0;
  while (at < packed.length && done < limit) {
    const control = packed[at] ?? 0;
    at += 1;
    if (control === 128) continue;
    const literal = control < 128;
    const length = Math.min(literal ? control + 1 : 257 - control, limit - done);
    for (let index = 0; index < length; index += 1) {
      target[offset + (done + index) * step] = packed[literal ? at + index : at] ?? 0;
    }
    at += literal ? length : 1;
    done += length;
  }
}
