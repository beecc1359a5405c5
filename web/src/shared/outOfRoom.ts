/** Whether the browser refused to keep something for want of room, also where a library or a transaction tells of it. */
export function isOutOfRoom(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, inner, cause } = error as { name?: unknown; inner?: unknown; cause?: unknown };
  return name === 'QuotaExceededError' || isOutOfRoom(inner ?? cause);
}
