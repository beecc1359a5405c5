import { busy } from '@/shared/busy';

import type { ScannedStudy } from '../scan/types';
import type { ReadyStudy } from '../study/ready';

import { PartBytes } from './bytes';
import { WorkerHands } from './crew';
import { keep } from './keep';
import { lead } from './lead';
import { Link } from './link';
import { OUTBOX_LOCK, OUTBOX_SYNC } from './lock';
import { lostOf, restore } from './restore';
import { Sender } from './sender';
import { IDLE, type SenderStatus } from './status';
import { holdScreenAwake } from './wakeLock';
import { putByXhr } from './wire';

const CHANNEL = 'relaypacs-outbox';
const TELL_EVERY_MS = 250;

type Message = { kind: 'status'; status: SenderStatus } | { kind: 'hand-over' };

/**
 * This tab's hold on the outbox of the person who is signed in: what it adds, and the sender while it leads.
 *
 * Tabs take turns by a Web Lock; the one that leads tells the others how far it is.
 */
export class Outbox {
  readonly owner: string;
  readonly #hands = new WorkerHands();
  readonly #bytes = new PartBytes(this.#hands);
  readonly #link = new Link();
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #ended = new AbortController();
  readonly #listeners = new Set<() => void>();
  #status = IDLE;
  #leading: AbortController | null = null;
  #isToTell = false;
  /** While something is being sent no update of the app may reload the page. */
  #letUpdate: (() => void) | null = null;

  constructor(owner: string) {
    this.owner = owner;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
  }

  readonly status = (): SenderStatus => this.#status;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Send whenever this tab's turn comes, until `close`. */
  async start(): Promise<void> {
    const { signal } = this.#ended;
    const isOver = () => signal.aborted;
    while (!isOver()) {
      try {
        await navigator.locks.request(OUTBOX_LOCK, { signal }, () => this.#lead());
      } catch (error) {
        if (!isOver()) throw error;
      }
    }
  }

  /** Stop sending from this tab. What is in the outbox stays there. */
  close(): void {
    this.#ended.abort();
    this.#leading?.abort();
    this.#channel.close();
  }

  /** Put a study into the outbox; raises when a file of it can't be read. */
  async add(ready: ReadyStudy): Promise<void> {
    await askForStorage();
    if (await this.giveBack(ready.study)) return;
    await keep(ready, this.owner, { hands: this.#hands, bytes: this.#bytes });
    this.#askForTheLead();
    await askForSync();
  }

  /** Give a study's files back to what lost them; return whether something of it had. */
  async giveBack(study: ScannedStudy): Promise<boolean> {
    const lost = await lostOf(this.owner, study.uid);
    const tools = { hands: this.#hands, bytes: this.#bytes };
    const restored = await Promise.all(lost.map((row) => restore(row, study, tools)));
    this.#askForTheLead();
    return restored.some(Boolean);
  }

  /** What only this page has can be sent by this page alone: ask whoever leads to let it. */
  #askForTheLead(): void {
    if (this.#bytes.holdsAny && !this.#leading) this.#post({ kind: 'hand-over' });
  }

  async #lead(): Promise<void> {
    const leading = new AbortController();
    this.#leading = leading;
    const sender = new Sender({
      owner: this.owner,
      hands: this.#hands,
      bytes: this.#bytes,
      link: this.#link,
      put: putByXhr,
      changed: () => {
        this.#holdUpdates(sender.isSending);
        this.#tellSoon(sender);
      },
    });
    const releaseScreen = holdScreenAwake(() => sender.isSending);
    try {
      await lead(this.owner, sender, AbortSignal.any([leading.signal, this.#ended.signal]));
    } finally {
      releaseScreen();
      this.#leading = null;
      this.#holdUpdates(false);
      this.#take(IDLE);
    }
  }

  #holdUpdates(isSending: boolean): void {
    if (isSending) this.#letUpdate ??= busy.hold();
    else {
      this.#letUpdate?.();
      this.#letUpdate = null;
    }
  }

  #tellSoon(sender: Sender): void {
    if (this.#isToTell) return;
    this.#isToTell = true;
    setTimeout(() => {
      this.#isToTell = false;
      const status = statusOf(sender, this.#link);
      this.#take(status);
      this.#post({ kind: 'status', status });
    }, TELL_EVERY_MS);
  }

  #hear(message: Message): void {
    if (message.kind === 'status') this.#take(message.status);
    else if (this.#leading && !this.#bytes.holdsAny) this.#leading.abort();
  }

  #take(status: SenderStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }

  #post(message: Message): void {
    if (!this.#ended.signal.aborted) this.#channel.postMessage(message);
  }
}

function statusOf(sender: Sender, link: Link): SenderStatus {
  const underWay = [...sender.shipments].map(([id, shipment]) => [id, shipment.underWay] as const);
  return {
    isSending: sender.isSending,
    rest: sender.rest,
    triesAgainAt: sender.gate.opensAt,
    rate: link.rate,
    underWay: Object.fromEntries(underWay),
  };
}

/** Ask the browser not to clear what we keep when it runs out of room. It may say no; nothing follows from that. */
async function askForStorage(): Promise<void> {
  const storage = (navigator as { storage?: StorageManager }).storage;
  if (!storage?.persist) return;
  if (!(await storage.persisted())) await storage.persist();
}

interface SyncManager {
  register: (tag: string) => Promise<void>;
}

/** Have the service worker woken when the network is back, where browsers do that: the page may be gone by then. */
async function askForSync(): Promise<void> {
  const worker = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  const registration = (await worker?.getRegistration()) as { sync?: SyncManager } | undefined;
  try {
    await registration?.sync?.register(OUTBOX_SYNC);
  } catch (error) {
    console.warn('The browser does not send in the background', error);
  }
}
