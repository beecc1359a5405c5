import { session } from '@/shared/api/session';

import { KeptDatabase, type KeptRecord } from './database';
import { forgetKept } from './forget';

/** How much of a kind is kept; what was put there first goes first. */
export interface Most {
  records: number;
  bytes?: number;
}

const database = new KeptDatabase();

/** In the order of IndexedDB's keys (Indexed Database API 3.0, 2.4). */
const AFTER_EVERY_NUMBER: never[] = [];

/** What one person has on this device. Nothing of it is the only copy, so nothing waits for it and nothing depends on it. */
export class KeptStore {
  readonly #owner: string;
  #others: Promise<void> | null = null;

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Keep something, unless somebody else is signed in by now. */
  async put(kind: string, id: string, value: unknown, most: Most, size = 0): Promise<void> {
    if (!(await this.#isSignedIn())) return;
    await (this.#others ??= this.#forgetOthers());
    await database.records.put({ owner: this.#owner, kind, id, at: Date.now(), size, value });
    await this.#trim(kind, most);
    // Signed out in between: what was just written must not outlive that.
    if (!(await this.#isSignedIn())) await forgetKept();
  }

  get(kind: string, id: string): Promise<KeptRecord | undefined> {
    return database.records.get([this.#owner, kind, id]);
  }

  remove(kind: string, id: string): Promise<void> {
    return database.records.delete([this.#owner, kind, id]);
  }

  async #isSignedIn(): Promise<boolean> {
    return (await session.userId()) === this.#owner;
  }

  async #forgetOthers(): Promise<void> {
    const keys = await database.records.toCollection().primaryKeys();
    await database.records.bulkDelete(keys.filter(([owner]) => owner !== this.#owner));
  }

  async #trim(kind: string, { records, bytes = Infinity }: Most): Promise<void> {
    const tooMuch: [string, string, string][] = [];
    let count = 0;
    let sum = 0;
    // Keys alone are read: what is kept may be large.
    await database.records
      .where('[owner+kind+at+size]')
      .between([this.#owner, kind], [this.#owner, kind, AFTER_EVERY_NUMBER])
      .reverse()
      .eachKey((key, { primaryKey }) => {
        count += 1;
        sum += (key as unknown as [string, string, number, number])[3];
        if (count > records || sum > bytes) tooMuch.push(primaryKey);
      });
    if (tooMuch.length > 0) await database.records.bulkDelete(tooMuch);
  }
}
