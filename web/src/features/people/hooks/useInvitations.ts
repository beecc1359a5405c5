import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';
import { compareTexts, type Order } from '@/shared/listing';

import { fetchInvitations, type Invitation, type InvitationState } from '../api';

const FRESH_MS = 15_000;

const NEWEST_FIRST: Order<Invitation> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(second.id, first.id),
};

/** The invitations in a state (null: in any), kept up to date. Mount it anew for another state. */
export function useInvitations(state: InvitationState | null): ShownListing<Invitation> {
  const loaded = useListing({
    fetchPage: (page, signal) => fetchInvitations({ ...(state && { state }), ...page }, signal),
    order: NEWEST_FIRST,
    moves: (invitation) => invitation.state === 'open',
    freshMs: () => FRESH_MS,
  });
  return withKept(loaded, null);
}
