import type { Remote } from 'comlink';

import type { MadePart } from './bundle';
import type { ByteWork } from './byteWork';
import type { EncodedChunk } from './encode';
import type { PlannedPart } from './packing';

/** Who makes parts and chunk bodies: workers beside a page; a service worker does it itself. */
export interface Hands {
  makePart(planned: PlannedPart): Promise<MadePart>;
  encodeChunk(bytes: Blob, wantsGzip: boolean): Promise<EncodedChunk>;
}

/** How many chunks are coded at once: one core stays for the page. */
const WORKERS = Math.min(2, Math.max(1, navigator.hardwareConcurrency - 1));

interface Crew {
  hands: Remote<ByteWork>[];
  /** Rejects when a script could not be loaded, or a thread ran out of memory: it answers nobody then. */
  lost: Promise<never>;
}

/** Workers, started when there is something to do. Tasks go round in turn; all reject when a worker is lost. */
export class WorkerHands implements Hands {
  #crew: Promise<Crew> | null = null;
  #turn = 0;

  makePart(planned: PlannedPart): Promise<MadePart> {
    return this.#ask((hand) => hand.makePart(planned));
  }

  encodeChunk(bytes: Blob, wantsGzip: boolean): Promise<EncodedChunk> {
    return this.#ask((hand) => hand.encodeChunk(bytes, wantsGzip));
  }

  async #ask<T>(task: (hand: Remote<ByteWork>) => Promise<T>): Promise<T> {
    this.#crew ??= this.#hire();
    const { hands, lost } = await this.#crew;
    this.#turn = (this.#turn + 1) % hands.length;
    const hand = hands[this.#turn];
    if (!hand) throw new Error('no worker could be started');
    return Promise.race([task(hand), lost]);
  }

  async #hire(): Promise<Crew> {
    const { wrap } = await import('comlink');
    const workers = Array.from(
      { length: WORKERS },
      () => new Worker(new URL('./bytes.worker.ts', import.meta.url), { type: 'module' }),
    );
    const lost = new Promise<never>((_, reject) => {
      const dismiss = ({ message }: ErrorEvent) => {
        this.#crew = null; // the next task meets new ones
        workers.forEach((worker) => worker.terminate());
        reject(new Error(`a worker was lost: ${message}`));
      };
      workers.forEach((worker) => worker.addEventListener('error', dismiss));
    });
    lost.catch(() => undefined); // whoever waits hears of it
    return { hands: workers.map((worker) => wrap<ByteWork>(worker)), lost };
  }
}
