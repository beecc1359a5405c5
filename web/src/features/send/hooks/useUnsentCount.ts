import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect } from 'react';

import { unsent } from '@/shared/unsent';

import { useOutbox } from '../outbox/current';
import { database } from '../outbox/db';
import type { ConsignmentState } from '../outbox/types';

const UNSENT: ConsignmentState[] = ['packing', 'queued', 'needs-files'];

/** Keep `unsent` at what the gateway does not have yet; several uploads of one study count once. */
export function useUnsentCount(): void {
  const owner = useOutbox()?.owner;
  const count = useLiveQuery(() => (owner ? unsentOf(owner) : 0), [owner], 0);

  useEffect(() => {
    unsent.set({ studies: count });
    return () => unsent.set({ studies: 0 });
  }, [count]);
}

async function unsentOf(owner: string): Promise<number> {
  const rows = await database.consignments
    .where('[owner+state]')
    .anyOf(UNSENT.map((state) => [owner, state]))
    .toArray();
  return new Set(rows.map(({ studyInstanceUid }) => studyInstanceUid)).size;
}
