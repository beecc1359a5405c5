import { Dexie, type Table } from 'dexie';

import type { Consignment, Part, PartKey } from './types';

/** The bytes of a part, apart from what is known about it: lists are read often, bytes once for each chunk. */
export interface KeptBytes {
  consignmentId: string;
  ordinal: number;
  bytes: Blob;
}

/** How much was put on the wire on one day, for the data saver. */
export interface DaysTraffic {
  /** Local date, `2026-01-14`. */
  day: string;
  bytes: number;
}

/** The data saver as whoever sends has to keep to it: a service worker cannot read the preferences. */
export interface DailyLimit {
  name: 'daily-limit';
  /** Null: no limit. */
  bytes: number | null;
}

/**
 * The outbox in IndexedDB: what was picked, and how far it has come. It outlives tabs, browsers and power cuts.
 *
 * Writes that must survive a power cut before anything is promised go through `keep`.
 */
export class OutboxDatabase extends Dexie {
  readonly consignments!: Table<Consignment, string>;
  readonly parts!: Table<Part, PartKey>;
  readonly bytes!: Table<KeptBytes, PartKey>;
  readonly traffic!: Table<DaysTraffic, string>;
  readonly settings!: Table<DailyLimit, DailyLimit['name']>;

  constructor() {
    super('relaypacs-outbox', { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      consignments: 'id, [owner+state], [owner+studyInstanceUid]',
      parts: '[consignmentId+ordinal], consignmentId',
      bytes: '[consignmentId+ordinal], consignmentId',
      traffic: 'day',
      settings: 'name',
    });
  }

  /** Remove a consignment and everything of it. */
  async forget(consignmentId: string): Promise<void> {
    await this.transaction('rw', [this.consignments, this.parts, this.bytes], async () => {
      await this.bytes.where({ consignmentId }).delete();
      await this.parts.where({ consignmentId }).delete();
      await this.consignments.delete(consignmentId);
    });
  }
}

export const database = new OutboxDatabase();
