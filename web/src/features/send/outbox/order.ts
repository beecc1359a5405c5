import type { Consignment } from './types';

/** Who goes first: the more urgent, then as people have put them, then the older. */
export function inOrder(consignments: Consignment[]): Consignment[] {
  return consignments.toSorted(
    (a, b) => a.priority - b.priority || a.position - b.position || a.addedAt - b.addedAt,
  );
}
