const ITEM = 0xe000fffe; // (FFFE,E000), read as a little-endian number
const HEADER = 8;

/**
 * Return the fragments of encapsulated pixel data (PS3.5 A.4) that begin in `bytes`, the offset table left out.
 *
 * `bytes` begin with the value of the element and may end anywhere; the last fragment may be cut.
 */
export function fragmentsOf(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Uint8Array[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length && view.getUint32(at, true) === ITEM) {
    const length = view.getUint32(at + 4, true);
    fragments.push(bytes.subarray(at + HEADER, at + HEADER + length));
    at += HEADER + length;
  }
  return fragments.slice(1);
}

/** Return the first frame out of JPEG fragments: up to the next that begins an image (SOI, ISO 10918-1). */
export function firstJpeg(fragments: Uint8Array[]): Uint8Array[] {
  const next = fragments.findIndex((fragment, index) => index > 0 && beginsJpeg(fragment));
  const frame = next === -1 ? fragments : fragments.slice(0, next);
  return frame[0] && beginsJpeg(frame[0]) ? frame : [];
}

function beginsJpeg([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xd8;
}
