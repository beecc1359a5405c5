import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import { compareTexts, type Order } from '@/shared/listing';

import { fetchUsers, type User } from '../api';
import { queryOf, type UserFilter } from '../filter';

const FRESH_MS = 30_000;

/** Newest first: ids are ordered by time (UUID of version 7), also as text. */
const NEWEST_FIRST: Order<User> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(second.id, first.id),
};

/** The accounts that a filter lets through, kept up to date. Mount it anew for another filter. */
export function useUsers(filter: UserFilter): ShownListing<User> {
  const loaded = useListing({
    fetchPage: (page, signal) => fetchUsers({ ...queryOf(filter), ...page }, signal),
    order: NEWEST_FIRST,
    moves: () => true,
    freshMs: () => FRESH_MS,
  });
  return withKept(loaded, null);
}
