import { Inflate } from 'fflate';

/** What one push may unpack to at most is 1032 times as much: a bomb costs some megabytes, not gigabytes. */
const PIECE = 4 * 1024;

/**
 * Inflate the beginning of raw deflate data, up to `limit` bytes of output or a little more.
 *
 * `packed` may end anywhere; what follows the deflate stream is ignored. Raises for data that are broken.
 */
export function inflateHead(packed: Uint8Array, limit: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const inflate = new Inflate((piece) => {
    pieces.push(piece);
    size += piece.length;
  });
  for (let at = 0; at < packed.length && size < limit; at += PIECE) {
    inflate.push(packed.subarray(at, at + PIECE));
  }
  return joined(pieces, size);
}

/** Return the pieces as one, of which `size` is the sum of the lengths. */
export function joined(pieces: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
