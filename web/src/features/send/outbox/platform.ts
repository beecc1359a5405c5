/**
 * Whether this browser can send at all: Web Locks and WebCrypto are there on https (and on this machine itself) only.
 *
 * Without locks two tabs would send side by side, and without digests nobody could tell which bytes were sent.
 */
export function canSend(): boolean {
  return 'locks' in navigator && 'subtle' in crypto;
}
