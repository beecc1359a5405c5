const MAX_UID = 64;
const LEGAL_UID = /^[0-9]+(\.[0-9]+)+$/;

/** Return a UID without its padding, which is NUL, and a blank in many real files (PS3.5 9.1). */
export function cleanUid(raw: Uint8Array): string {
  const text = String.fromCharCode(...raw.subarray(0, 2 * MAX_UID));
  return text.replace(/[ \0]+$/, '');
}

/** Tell whether `uid` has the form of a UID (PS3.5 9.1); a superfluous zero is tolerated. */
export function isLegalUid(uid: string): boolean {
  return uid.length <= MAX_UID && LEGAL_UID.test(uid);
}

/** Return the UID if it is one: whatever else stands in its place must not become a name anywhere. */
export function legalUid(raw: Uint8Array): string {
  const uid = cleanUid(raw);
  return isLegalUid(uid) ? uid : '';
}
