import { Dexie, type Table } from 'dexie';

import type { ReportText } from '../api';

/** What a text belongs to: the report itself, or what is added to a final one. */
export type DraftKind = 'report' | 'addendum';

/** A text, and on what it was written. */
export interface Unsaved {
  text: ReportText;
  /** What the gateway had, and which revision that was. */
  base: ReportText;
  revision: number;
  /** What was sent since without an answer: the gateway may have it. */
  unheard: ReportText[];
}

export interface KeptDraft extends Unsaved {
  /** Whose it is: the user's id at the gateway. */
  owner: string;
  reportId: string;
  kind: DraftKind;
  /** When it was put here, in milliseconds since the epoch. */
  at: number;
}

/**
 * Text that the gateway does not have yet: the only copy (docs/adr/0021-reading.md).
 *
 * So it is apart from what is kept for offline use, which may go at any time.
 */
export class DraftDatabase extends Dexie {
  readonly drafts!: Table<KeptDraft, [owner: string, reportId: string, kind: DraftKind]>;

  constructor() {
    super('relaypacs-drafts', { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ drafts: '[owner+reportId+kind], owner' });
  }
}

export const database = new DraftDatabase();
