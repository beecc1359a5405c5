import { database } from './db';
import { openUpload, renewToken, statusOf, type Ticket } from './gateway';
import type { Link } from './link';
import type { ChunkRange, Consignment, Part, UploadView } from './types';

/** One chunk that has to go. */
export interface Chunk {
  part: Part;
  fileId: string;
  index: number;
  start: number;
  end: number;
}

const STILL_OPEN = ['pending', 'uploading'];

/**
 * A consignment under way: which chunks are missing, and which of them somebody carries right now.
 *
 * What the gateway says when it is taken up is the truth; the database only has it for those who watch.
 */
export class Shipment {
  /** Ends what is under way when the consignment is cancelled. */
  readonly calledOff = new AbortController();
  /** Bytes of the chunks under way that have left, by part and chunk. */
  readonly #underWay = new Map<number, Map<number, number>>();
  readonly #carried = new Set<string>();
  #row: Consignment;
  #parts: Part[] = [];
  #step: 'closed' | 'opening' | 'open' | 'finishing' = 'closed';

  constructor(row: Consignment) {
    this.#row = row;
  }

  get row(): Consignment {
    return this.#row;
  }

  /** Take what a person changed about it: its place, whether it may pass limits. */
  update(row: Consignment): void {
    this.#row = { ...row, uploadId: this.#row.uploadId, token: this.#row.token };
  }

  get needsOpening(): boolean {
    return this.#step === 'closed';
  }

  get isOpening(): boolean {
    return this.#step === 'opening';
  }

  /** Whether everything was acknowledged, and nobody says so to the gateway yet. */
  get isAllThere(): boolean {
    return (
      this.#step === 'open' &&
      this.#carried.size === 0 &&
      this.#parts.every((part) => part.missing?.length === 0)
    );
  }

  get ticket(): Ticket {
    const { uploadId, token } = this.#row;
    if (uploadId === null || token === null) throw new Error('the upload is not open');
    return { uploadId, token };
  }

  /**
   * Open an upload, or take the one up again that was opened before; from then on there are chunks to take.
   *
   * Returns what the gateway says when it is past receiving, null otherwise. Raises as the gateway's calls do.
   */
  async open(link: Link): Promise<UploadView | null> {
    try {
      this.#parts = await database.parts.where({ consignmentId: this.#row.id }).sortBy('ordinal');
      const beyond = this.#row.uploadId === null ? await this.#begin(link) : await this.#resume();
      this.#step = beyond ? 'finishing' : 'open';
      return beyond;
    } catch (error) {
      this.#step = 'closed';
      throw error;
    }
  }

  /** The gateway no longer has the upload: everything goes again, in a new one. */
  async beginAnew(): Promise<void> {
    this.#step = 'closed';
    this.#row = { ...this.#row, uploadId: null, token: null };
    const { id } = this.#row;
    await database.transaction('rw', [database.consignments, database.parts], async () => {
      await database.consignments.update(id, { uploadId: null, token: null });
      await database.parts.where({ consignmentId: id }).modify({ fileId: null, missing: null });
    });
  }

  async renewToken(): Promise<void> {
    const token = await renewToken(this.ticket.uploadId);
    this.#row = { ...this.#row, token };
    await database.consignments.update(this.#row.id, { token });
  }

  /** Take the next missing chunk that nobody carries; null when there is none. */
  take(): Chunk | null {
    if (this.#step !== 'open') return null;
    for (const part of this.#parts) {
      for (const [first, last] of part.missing ?? []) {
        for (let index = first; index <= last; index += 1) {
          if (!this.#carried.has(keyOf(part, index))) return this.#carry(part, index);
        }
      }
    }
    return null;
  }

  /** How much of each part has left and is not acknowledged yet, in bytes of the files. */
  get underWay(): Record<number, number> {
    const sums = [...this.#underWay].map(([ordinal, chunks]) => {
      const bytes = [...chunks.values()].reduce((sum, part) => sum + part, 0);
      return [ordinal, bytes] as const;
    });
    return Object.fromEntries(sums.filter(([, bytes]) => bytes > 0));
  }

  moved(chunk: Chunk, bytes: number): void {
    const { ordinal } = chunk.part;
    const chunks = this.#underWay.get(ordinal) ?? new Map<number, number>();
    this.#underWay.set(ordinal, chunks.set(chunk.index, bytes));
  }

  /** The chunk was not acknowledged: somebody else may take it. */
  giveBack(chunk: Chunk): void {
    this.#carried.delete(keyOf(chunk.part, chunk.index));
    this.#underWay.get(chunk.part.ordinal)?.delete(chunk.index);
  }

  async acknowledged(chunk: Chunk): Promise<void> {
    const { index } = chunk;
    const part = this.#parts.find(({ ordinal }) => ordinal === chunk.part.ordinal) ?? chunk.part;
    part.missing = without(part.missing ?? [], index);
    this.giveBack(chunk);
    await database.parts.update([part.consignmentId, part.ordinal], { missing: part.missing });
  }

  /** Nobody else may open it. */
  beginOpening(): void {
    this.#step = 'opening';
  }

  /** Nobody else may say that everything was sent. */
  beginFinishing(): void {
    this.#step = 'finishing';
  }

  /** The gateway is to be asked again what it has. */
  lookAgain(): void {
    this.#step = 'closed';
  }

  #carry(part: Part, index: number): Chunk {
    this.#carried.add(keyOf(part, index));
    const start = index * this.#row.chunkSize;
    const end = Math.min(start + this.#row.chunkSize, part.size);
    return { part, fileId: part.fileId ?? '', index, start, end };
  }

  async #begin(link: Link): Promise<null> {
    const opened = await openUpload({
      names: this.#parts.map((part) => part.name),
      sizes: this.#parts.map((part) => part.size),
      metadata: this.#row.metadata,
      studyInstanceUid: this.#row.studyInstanceUid,
      reportId: this.#row.reportId ?? null,
      chunkSize: link.chunkSize,
    });
    this.#row = {
      ...this.#row,
      uploadId: opened.upload_id,
      token: opened.session_token,
      chunkSize: opened.chunk_size,
    };
    this.#parts = this.#parts.map((part, index) => {
      const file = opened.files[index];
      const missing: ChunkRange[] = file?.chunk_count ? [[0, file.chunk_count - 1]] : [];
      return { ...part, fileId: file?.file_id ?? null, missing };
    });
    await this.#store();
    return null;
  }

  async #resume(): Promise<UploadView | null> {
    const view = await statusOf(this.ticket);
    const goesOn = STILL_OPEN.includes(view.status) || this.#isForcedDuplicate(view);
    if (!goesOn) return view;
    const missing = new Map(view.files.map((file) => [file.file_id, file.missing as ChunkRange[]]));
    this.#parts = this.#parts.map((part) => ({
      ...part,
      missing: missing.get(part.fileId ?? '') ?? [],
    }));
    this.#row = { ...this.#row, chunkSize: view.chunk_size };
    await this.#store();
    return null;
  }

  /** The gateway has every byte of it, and refused it as a duplicate: now somebody wants it sent all the same. */
  #isForcedDuplicate({ stage }: UploadView): boolean {
    return stage === 'duplicate' && this.#row.isForced;
  }

  async #store(): Promise<void> {
    const { id, uploadId, token, chunkSize } = this.#row;
    await database.transaction('rw', [database.consignments, database.parts], async () => {
      await database.consignments.update(id, { uploadId, token, chunkSize });
      await database.parts.bulkPut(this.#parts);
    });
  }
}

function keyOf(part: Part, index: number): string {
  return `${part.ordinal}/${index}`;
}

/** Return the ranges less one index. */
export function without(ranges: ChunkRange[], index: number): ChunkRange[] {
  return ranges.flatMap(([first, last]): ChunkRange[] => {
    if (index < first || index > last) return [[first, last]];
    const halves: ChunkRange[] = [
      [first, index - 1],
      [index + 1, last],
    ];
    return halves.filter(([from, to]) => from <= to);
  });
}
