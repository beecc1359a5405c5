import { ApiError, SessionEndedError, UnreachableError } from '@/shared/api/problem';

import type { PartBytes } from './bytes';
import type { Hands } from './crew';
import { database } from './db';
import { Gate } from './gate';
import { cancel, complete, viewOf } from './gateway';
import type { Link } from './link';
import { inOrder } from './order';
import { answerTo, outcomeOf } from './outcome';
import { isUsedUp, noteTraffic } from './saver';
import { Shipment, type Chunk } from './shipment';
import { restsBecause, type Rest } from './status';
import type { Consignment } from './types';
import type { PutChunk } from './wire';

export interface Tools {
  /** Whose consignments are sent. */
  owner: string;
  hands: Hands;
  bytes: PartBytes;
  link: Link;
  put: PutChunk;
  /** Called whenever something moved or changed. */
  changed: () => void;
}

/** `uploadId` is the one that a job was for: a refusal of an upload that was given up meanwhile says nothing. */
type Job =
  | { kind: 'open'; shipment: Shipment; uploadId: string | null }
  | { kind: 'chunk'; shipment: Shipment; uploadId: string | null; chunk: Chunk }
  | { kind: 'finish'; shipment: Shipment; uploadId: string | null }
  | { kind: 'cancel'; row: Consignment };

const MOST_LANES = 5;
const GONE = [404, 410];

/**
 * Sends what is in the outbox, the most urgent chunk first. Exactly one runs on a device: the caller holds the lock.
 *
 * Each lane takes one job after the other: open an upload, put a chunk, say that everything is there. A STAT study
 * that comes in overtakes at the next chunk. What the network does only ever makes it wait.
 */
export class Sender {
  readonly gate = new Gate();
  readonly shipments = new Map<string, Shipment>();
  /** Why nothing is being sent, though something is there to send. */
  rest: Rest | null = null;
  readonly #tools: Tools;
  readonly #cancelling = new Set<string>();
  #busy = 0;
  #resting: (() => void)[] = [];

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  get isSending(): boolean {
    return this.#busy > 0;
  }

  /** Send until the signal ends, or, with `untilDrained`, until there is nothing that could be sent now. */
  async run(signal: AbortSignal, untilDrained = false): Promise<void> {
    const drained = new AbortController();
    const ended = AbortSignal.any([signal, drained.signal]);
    ended.addEventListener('abort', () => this.look());
    const onIdle = untilDrained ? () => drained.abort() : () => undefined;
    const lanes = Array.from({ length: MOST_LANES }, (_, lane) => this.#work(lane, ended, onIdle));
    await Promise.all(lanes);
  }

  /** Something in the outbox changed: who rests looks again. */
  look(): void {
    const resting = this.#resting;
    this.#resting = [];
    for (const wake of resting) wake();
  }

  async #work(lane: number, signal: AbortSignal, onIdle: () => void): Promise<void> {
    const isOver = () => signal.aborted;
    while (!isOver()) {
      await this.gate.pass(signal);
      const job = lane < this.#tools.link.lanes ? await this.#next() : null;
      if (job) await this.#perform(job, signal);
      else if (!isOver()) {
        const rest = new Promise<void>((resolve) => this.#resting.push(resolve));
        if (this.#resting.length === MOST_LANES) onIdle();
        await rest;
      }
    }
  }

  /** Choose what to do next; null when nothing can be done now. Whoever gets a job is counted as busy. */
  async #next(): Promise<Job | null> {
    const { owner, bytes } = this.#tools;
    const rows = await database.consignments.where({ owner }).toArray();
    const queued = inOrder(rows.filter(isQueued)).filter((row) => !row.isPaused);
    const here = queued.filter(({ id, isKept }) => isKept || bytes.holds(id));
    const job = this.#cancellation(rows) ?? this.#nextOf(await this.#allowed(here));
    if (job && this.#busy === 0) this.#tools.link.resume();
    if (job) this.#busy += 1;
    return job;
  }

  async #allowed(queued: Consignment[]): Promise<Consignment[]> {
    const usedUp = queued.length > 0 && (await isUsedUp());
    const allowed = queued.filter((row) => !usedUp || row.isUrgent || row.priority === 0);
    this.rest = restsBecause(queued, allowed);
    return allowed;
  }

  #nextOf(rows: Consignment[]): Job | null {
    for (const row of rows) {
      const shipment = this.#shipmentOf(row);
      const { uploadId } = shipment.row;
      if (shipment.needsOpening) {
        shipment.beginOpening();
        return { kind: 'open', shipment, uploadId };
      }
      const chunk = shipment.take();
      if (chunk) return { kind: 'chunk', shipment, uploadId, chunk };
      if (shipment.isAllThere) {
        shipment.beginFinishing();
        return { kind: 'finish', shipment, uploadId };
      }
    }
    return null;
  }

  #cancellation(rows: Consignment[]): Job | null {
    for (const row of rows.filter(({ state }) => state === 'cancelling')) {
      const shipment = this.#shipmentOf(row);
      shipment.calledOff.abort();
      if (this.#cancelling.has(row.id) || shipment.isOpening) continue;
      this.#cancelling.add(row.id);
      return { kind: 'cancel', row: shipment.row };
    }
    return null;
  }

  #shipmentOf(row: Consignment): Shipment {
    const shipment = this.shipments.get(row.id) ?? new Shipment(row);
    this.shipments.set(row.id, shipment);
    shipment.update(row);
    return shipment;
  }

  async #perform(job: Job, signal: AbortSignal): Promise<void> {
    try {
      await this.#do(job, signal);
    } catch (error) {
      if (!signal.aborted) await this.#failed(job, error);
    } finally {
      this.#busy -= 1;
      this.#tools.changed();
      this.look();
    }
  }

  #do(job: Job, signal: AbortSignal): Promise<void> {
    switch (job.kind) {
      case 'open':
        return this.#open(job.shipment);
      case 'chunk':
        return this.#send(job.shipment, job.chunk, signal);
      case 'finish':
        return this.#finish(job.shipment);
      case 'cancel':
        return this.#cancel(job.row);
    }
  }

  async #open(shipment: Shipment): Promise<void> {
    const beyond = await shipment.open(this.#tools.link);
    this.gate.succeeded();
    if (beyond) await this.#handOver(shipment, outcomeOf(beyond));
  }

  async #send(shipment: Shipment, chunk: Chunk, signal: AbortSignal): Promise<void> {
    const { bytes, hands, link, put, changed } = this.#tools;
    const content = (await bytes.of(chunk.part)).slice(chunk.start, chunk.end);
    const encoded = await hands.encodeChunk(content, link.wantsGzip);
    const whole = chunk.end - chunk.start;
    const onProgress = (sent: number) => {
      shipment.moved(chunk, whole * Math.min(1, sent / encoded.body.size));
      changed();
    };
    const called = AbortSignal.any([signal, shipment.calledOff.signal]);
    const address = { ...shipment.ticket, fileId: chunk.fileId, index: chunk.index };
    await put(address, encoded, onProgress, called);
    await shipment.acknowledged(chunk);
    link.carried(encoded.body.size);
    this.gate.succeeded();
    await noteTraffic(encoded.body.size);
  }

  async #finish(shipment: Shipment): Promise<void> {
    await complete(shipment.ticket, shipment.row.isForced);
    this.gate.succeeded();
    await this.#handOver(shipment, { state: 'following', problem: null });
  }

  async #cancel(row: Consignment): Promise<void> {
    const { uploadId, token } = row;
    if (uploadId !== null && token !== null) await cancel({ uploadId, token });
    this.#tools.bytes.release(row.id);
    this.shipments.delete(row.id);
    await database.forget(row.id);
  }

  /** The consignment is no longer the sender's business, unless somebody has cancelled it meanwhile. */
  async #handOver({ row: { id } }: Shipment, outcome: Partial<Consignment>): Promise<void> {
    await database.consignments.where({ id }).and(isQueued).modify(outcome);
    this.shipments.delete(id);
  }

  async #failed(job: Job, error: unknown): Promise<void> {
    if (job.kind === 'chunk') job.shipment.giveBack(job.chunk);
    if (job.kind === 'finish') job.shipment.lookAgain();
    if (job.kind === 'cancel') this.#cancelling.delete(job.row.id);
    const isNetwork = error instanceof UnreachableError || error instanceof SessionEndedError;
    if (isNetwork || job.kind === 'cancel') {
      if (error instanceof UnreachableError) this.#tools.link.cut();
      this.gate.shut();
      return;
    }
    if (job.uploadId === job.shipment.row.uploadId) await this.#refused(job.shipment, error);
  }

  /** The gateway, or this device, said no: find out whether anything can be done without a person. */
  async #refused(shipment: Shipment, error: unknown): Promise<void> {
    const answer = answerTo(error);
    switch (answer.kind) {
      case 'wait':
        this.gate.shut(answer.ms);
        return;
      case 'renew-token':
        return this.#renewToken(shipment);
      case 'begin-anew':
        return shipment.beginAnew();
      case 'look-again':
        shipment.lookAgain();
        return;
      case 'stop':
        return this.#handOver(shipment, { state: answer.state, problem: answer.problem });
    }
  }

  /** Get a new token for the upload; one that takes no more of them is past receiving, or gone. */
  async #renewToken(shipment: Shipment): Promise<void> {
    const { uploadId } = shipment.ticket;
    try {
      await shipment.renewToken();
    } catch (error) {
      if (!(error instanceof ApiError)) this.gate.shut();
      else if (GONE.includes(error.status)) await shipment.beginAnew();
      else {
        const view = await viewOf(uploadId, shipment.calledOff.signal);
        await this.#handOver(shipment, outcomeOf(view));
      }
    }
  }
}

function isQueued({ state }: Consignment): boolean {
  return state === 'queued';
}
