const PIECE = 1024 ** 2;

/**
 * Return a digest of the bytes, in lower-case hex: SHA-256 over the SHA-256 of each piece of 1 MiB in turn.
 *
 * Browsers hash only what lies in memory as a whole; by pieces a file of 2 GB needs no more than a small one.
 */
export async function fingerprint(bytes: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
  const size = bytes instanceof Blob ? bytes.size : bytes.byteLength;
  const count = Math.max(1, Math.ceil(size / PIECE));
  const digests = new Uint8Array(count * 32);
  for (let piece = 0; piece < count; piece += 1) {
    const part = bytes.slice(piece * PIECE, (piece + 1) * PIECE);
    const content = part instanceof Blob ? await part.arrayBuffer() : part;
    digests.set(new Uint8Array(await crypto.subtle.digest('SHA-256', content)), piece * 32);
  }
  return hex(await crypto.subtle.digest('SHA-256', digests));
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
