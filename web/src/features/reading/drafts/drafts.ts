import { session } from '@/shared/api/session';

import { database, type DraftKind, type KeptDraft, type Unsaved } from './database';
import { parting } from './parting';

export type { DraftKind, KeptDraft };

/** Where one person's text about one study is kept on this device while the gateway does not have it. */
export class DraftPlace {
  readonly #owner: Promise<string | null>;
  /** The same, as soon as it is known. */
  #ownerNow: string | null = null;
  readonly #reportId: string;
  readonly #kind: DraftKind;

  constructor(reportId: string, kind: DraftKind) {
    this.#owner = session.userId().then((owner) => (this.#ownerNow = owner));
    this.#reportId = reportId;
    this.#kind = kind;
  }

  /** Raises what the browser raises when it keeps nothing. */
  async keep(unsaved: Unsaved): Promise<void> {
    const key = await this.#key();
    if (!key) throw new Error('nobody is signed in');
    const [owner, reportId, kind] = key;
    await database.drafts.put({ owner, reportId, kind, ...unsaved, at: Date.now() });
    parting.forget(key);
  }

  /** The same for a page that goes away in this moment. */
  keepOnParting(unsaved: Unsaved): void {
    const [owner, reportId, kind] = [this.#ownerNow, this.#reportId, this.#kind];
    if (owner) parting.keep({ owner, reportId, kind, ...unsaved, at: Date.now() });
  }

  /** Null where there is none, and where the browser keeps nothing. */
  async recall(): Promise<KeptDraft | null> {
    try {
      const key = await this.#key();
      if (key) await parting.takeUp(key[0]);
      return (key && (await database.drafts.get(key))) ?? null;
    } catch (error) {
      console.warn('The browser keeps no drafts', error);
      return null;
    }
  }

  async forget(): Promise<void> {
    const key = await this.#key();
    if (!key) return;
    await database.drafts.delete(key);
    parting.forget(key);
  }

  async #key(): Promise<[owner: string, reportId: string, kind: DraftKind] | null> {
    const owner = await this.#owner;
    return owner === null ? null : [owner, this.#reportId, this.#kind];
  }
}

/** The reports on which this device has text of somebody that the gateway does not have, whenever that changes. */
export async function waitingOf(owner: string): Promise<string[]> {
  const drafts = await database.drafts.where({ owner }).toArray();
  return [...new Set(drafts.map(({ reportId }) => reportId))];
}
