import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect, useState } from 'react';

import { session } from '@/shared/api/session';
import { unsent } from '@/shared/unsent';
import { whilePresent } from '@/shared/whilePresent';

import { bringUpAll } from '../drafts/bringUp';
import { waitingOf } from '../drafts/drafts';

/** Text that lies on this device alone: brought up as soon as there is a network, and told to whoever signs out. */
export default function DraftsRunner() {
  const [owner, setOwner] = useState<string | null>(null);
  const waiting = useLiveQuery(() => (owner ? waitingOf(owner) : []), [owner], []);

  useEffect(() => {
    let isCurrent = true;
    void session.userId().then((id) => {
      if (isCurrent) setOwner(id);
    });
    return () => {
      isCurrent = false;
    };
  }, []);

  useEffect(() => {
    unsent.set({ reports: waiting.length });
    return () => unsent.set({ reports: 0 });
  }, [waiting.length]);

  useEffect(() => {
    if (owner) return whilePresent((signal) => bringUpAll(owner, signal));
  }, [owner]);

  return null;
}
