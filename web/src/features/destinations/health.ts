import { knownCause, type Cause } from '@/shared/pacs/causes';

import type { Destination } from './api';

/** `refusing`: it answers, and deliveries to it fail all the same. */
export type Health = Destination['health'] | 'refusing';

/** An echo that takes so long is no good news. */
export const SLOW_MS = 2_000;

export function healthOf({ health, causes }: Pick<Destination, 'health' | 'causes'>): Health {
  const isStuck = Object.values(causes).some((count) => count > 0);
  return health === 'up' && isStuck ? 'refusing' : health;
}

/** Why deliveries to it fail, the most frequent cause first. */
export function causesOf({ causes }: Pick<Destination, 'causes'>): [Cause, number][] {
  const known = Object.entries(causes).map(([word, count]): [Cause, number] => [
    knownCause(word) ?? 'other',
    count,
  ]);
  return known.filter(([, count]) => count > 0).toSorted((a, b) => b[1] - a[1]);
}

const URGENCY: Record<Health, number> = { failing: 0, refusing: 1, unknown: 2, up: 3, disabled: 4 };

/** What needs somebody first; of the same health by name. */
export function byUrgency(destinations: readonly Destination[]): Destination[] {
  return destinations.toSorted(
    (a, b) => URGENCY[healthOf(a)] - URGENCY[healthOf(b)] || a.name.localeCompare(b.name),
  );
}
