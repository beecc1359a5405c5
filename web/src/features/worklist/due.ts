import type { Study } from './api';

export type Due =
  | { state: 'overdue'; seconds: number }
  /** Little is left of the time in which it should be read. */
  | { state: 'soon'; seconds: number }
  | { state: 'inTime'; seconds: number }
  /** It is reported: nothing counts down any more. */
  | { state: 'reported' };

/** So much of the whole time is little. */
const SOON = 1 / 4;

/** Return how much time is left to read a study, or by how much it is overdue. */
export function dueOf(study: Study, now: Date): Due {
  if (study.status === 'ready') return { state: 'reported' };
  const due = new Date(study.due_at).getTime();
  const seconds = (due - now.getTime()) / 1000;
  if (seconds <= 0) return { state: 'overdue', seconds: Math.abs(seconds) };
  const whole = (due - new Date(study.created_at).getTime()) / 1000;
  return { state: seconds < whole * SOON ? 'soon' : 'inTime', seconds };
}

/** Return who has a study open at a moment; null where nobody has, or not any more: what is shown may be of earlier. */
export function lockOf({ lock }: Study, now: Date): Study['lock'] {
  return lock && new Date(lock.until) > now ? lock : null;
}
