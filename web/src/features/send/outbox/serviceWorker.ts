import { session } from '@/shared/api/session';

import { byteWork } from './byteWork';
import { PartBytes } from './bytes';
import { Link } from './link';
import { OUTBOX_LOCK } from './lock';
import { Sender } from './sender';
import { putByFetch } from './wire';

/** Browsers end a sync that takes longer than some minutes; what is left has another. */
const LONGEST_MS = 3 * 60_000;

/**
 * Send what is in the outbox while no page does: on a sync, when the network is back and no page may be open.
 *
 * Rejects when something is left, so that the browser tries again later.
 */
export async function drainOutbox(): Promise<void> {
  const owner = await session.userId();
  if (owner === null) return;
  await navigator.locks.request(OUTBOX_LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return; // a page is at it
    const sender = new Sender({
      owner,
      hands: byteWork,
      bytes: new PartBytes(byteWork),
      link: new Link(),
      put: putByFetch,
      changed: () => undefined,
    });
    const over = AbortSignal.timeout(LONGEST_MS);
    await sender.run(over, true);
    if (over.aborted) throw new Error('something is left to send');
  });
}
