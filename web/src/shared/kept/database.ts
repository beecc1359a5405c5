import { Dexie, type Table } from 'dexie';

import { KEPT, RECORDS } from './forget';

export interface KeptRecord {
  /** Whose it is: the user's id at the gateway. */
  owner: string;
  kind: string;
  id: string;
  /** When it was put here, in milliseconds since the epoch. */
  at: number;
  /** Bytes, where that matters for how much is kept. */
  size: number;
  value: unknown;
}

/** What the gateway has shown to the signed-in person, for when there is no network (docs/adr/0020-kept-for-offline.md). */
export class KeptDatabase extends Dexie {
  readonly records!: Table<KeptRecord, [owner: string, kind: string, id: string]>;

  constructor() {
    super(KEPT);
    this.version(1).stores({ [RECORDS]: '[owner+kind+id], [owner+kind+at+size]' });
  }
}
