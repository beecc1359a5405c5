/** What a test has found; fails where there is none. */
export function present<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('there is none');
  return found;
}
