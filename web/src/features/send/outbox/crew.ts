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

/** Workers, started when there is something to do. Tasks go round in turn. */
export class WorkerHands implements Hands {
  #crew: Promise<Remote<ByteWork>[]> | null = null;
  #turn = 0;

  async makePart(planned: PlannedPart): Promise<MadePart> {
    return (await this.#next()).makePart(planned);
  }

  async encodeChunk(bytes: Blob, wantsGzip: boolean): Promise<EncodedChunk> {
    return (await this.#next()).encodeChunk(bytes, wantsGzip);
  }

  async #next(): Promise<Remote<ByteWork>> {
    this.#crew ??= hire();
    const crew = await this.#crew;
    this.#turn = (this.#turn + 1) % crew.length;
    const worker = crew[this.#turn];
    if (!worker) throw new Error('no worker could be started');
    return worker;
  }
}

async function hire(): Promise<Remote<ByteWork>[]> {
  const { wrap } = await import('comlink');
  return Array.from({ length: WORKERS }, () =>
    wrap<ByteWork>(new Worker(new URL('./bytes.worker.ts', import.meta.url), { type: 'module' })),
  );
}
