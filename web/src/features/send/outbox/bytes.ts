import type { Hands } from './crew';
import { database } from './db';
import type { PlannedPart } from './packing';
import type { Part } from './types';

/** Held by the page that alone has a consignment's bytes. */
export const bytesLock = (id: string): string => `relaypacs-bytes-${id}`;

/** Neither the outbox nor this page has a part's bytes any more: the files have to be picked again. */
export class BytesLost extends Error {
  override readonly name = 'BytesLost';
}

/**
 * Where the bytes of parts come from: the outbox, or, where the browser keeps nothing for us, the picked files
 * themselves, for as long as this page is open.
 */
export class PartBytes {
  readonly #hands: Hands;
  readonly #picked = new Map<string, { planned: PlannedPart[]; letGo: () => void }>();
  #made: { part: string; bytes: Promise<Blob> }[] = [];

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Whether this page alone can send something. */
  get holdsAny(): boolean {
    return this.#picked.size > 0;
  }

  holds(consignmentId: string): boolean {
    return this.#picked.has(consignmentId);
  }

  /** Take the bytes from these files while the page is open; a lock tells other tabs that somebody has them. */
  async hold(consignmentId: string, planned: PlannedPart[]): Promise<void> {
    const letGo = await held(bytesLock(consignmentId));
    this.#picked.set(consignmentId, { planned, letGo });
  }

  release(consignmentId: string): void {
    this.#picked.get(consignmentId)?.letGo();
    this.#picked.delete(consignmentId);
    this.#made = this.#made.filter(({ part }) => !part.startsWith(consignmentId));
  }

  /** Return the bytes of a part. Raises BytesLost. */
  async of(part: Part): Promise<Blob> {
    const kept = await database.bytes.get([part.consignmentId, part.ordinal]);
    if (kept) return kept.bytes;
    const planned = this.#picked.get(part.consignmentId)?.planned[part.ordinal];
    if (!planned) throw new BytesLost('the bytes are no longer on this device');
    return this.#remade(part, planned);
  }

  /** Make the part again, or take it from the few that were made last: its chunks are asked for one by one. */
  #remade(part: Part, planned: PlannedPart): Promise<Blob> {
    const key = `${part.consignmentId}/${part.ordinal}`;
    const found = this.#made.find((made) => made.part === key);
    if (found) return found.bytes;
    const bytes = this.#hands.makePart(planned).then((made) => made.bytes);
    this.#made = [...this.#made.slice(-1), { part: key, bytes }];
    bytes.catch(() => this.release(part.consignmentId));
    return bytes;
  }
}

/** Take a lock and keep it; returns how to let it go, which the end of the page does too. */
function held(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const holding = navigator.locks.request(
      name,
      () => new Promise<void>((letGo) => resolve(letGo)),
    );
    holding.catch(reject);
  });
}
