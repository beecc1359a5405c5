import { compareTexts, type Order } from '@/shared/listing';
import { SERVICE_LEVELS } from '@/shared/preferences';

import type { Study } from './api';
import type { View } from './view';

const keyOf = ({ id }: Study) => id;

/** The most urgent first, of those what is due first (docs/adr/0021-reading.md). */
const BY_URGENCY: Order<Study> = {
  keyOf,
  compare: (first, second) =>
    urgencyOf(first) - urgencyOf(second) ||
    compareTexts(momentOf(first), momentOf(second)) ||
    compareTexts(first.id, second.id),
};

/** What is read comes newest first: ids are ordered by time (UUID of version 7), also as text. */
const NEWEST_FIRST: Order<Study> = {
  keyOf,
  compare: (first, second) => compareTexts(second.id, first.id),
};

export function orderOf({ status }: View): Order<Study> {
  return status === 'ready' ? NEWEST_FIRST : BY_URGENCY;
}

function urgencyOf({ service_level: level }: Study): number {
  return SERVICE_LEVELS.indexOf(level);
}

/** To the microsecond, which a Date does not have. Without its Z, whole seconds come before their parts. */
function momentOf({ due_at: dueAt }: Study): string {
  return dueAt.replace('Z', '');
}
