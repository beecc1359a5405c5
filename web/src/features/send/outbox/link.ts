/** Chunk sizes that the API takes. */
const SMALLEST_CHUNK = 512 * 1024;
const LARGEST_CHUNK = 5 * 1024 * 1024;
const USUAL_CHUNK = 1024 * 1024;
const FEWEST_LANES = 2;
/** Browsers open six connections to a host (HTTP/1.1); one stays for everything else. */
const MOST_LANES = 5;
/** How long a chunk should take: a cut costs no more than that, and answers do not dominate. */
const SECONDS_PER_CHUNK = 4;
/** Bytes per second on the wire above which coding takes longer than sending. */
const GZIP_PAYS_BELOW = 8e6;
const WINDOW_MS = 4_000;
const SMOOTHING = 0.4;
/** An added lane stays when it brought this much more. */
const WORTH_A_LANE = 1.08;
const CUTS_ARE_FREQUENT = 2;
const REMEMBER_CUTS_MS = 120_000;

interface Hint {
  /** Megabits per second. */
  downlink?: number;
}

/**
 * What the link carries, learnt from the chunks that went over it, and what follows for the next ones.
 *
 * Under loss a single connection starves, so more of them are tried as long as each brings more.
 */
export class Link {
  readonly #now: () => number;
  #rate: number | null = null;
  #lanes = 3;
  #direction = 1;
  #window = { began: 0, bytes: 0 };
  #cuts: number[] = [];

  constructor(now: () => number = () => performance.now(), hint: Hint = connectionHint()) {
    this.#now = now;
    if (hint.downlink) this.#rate = (hint.downlink * 1e6) / 8;
  }

  /** Bytes per second on the wire, over all connections; null while nothing is known. */
  get rate(): number | null {
    return this.#rate;
  }

  /** How many chunks are best under way at once. */
  get lanes(): number {
    return this.#lanes;
  }

  get wantsGzip(): boolean {
    return this.#rate === null || this.#rate < GZIP_PAYS_BELOW;
  }

  /** How large the chunks of an upload that is opened now should be, in bytes. */
  get chunkSize(): number {
    if (this.#recentCuts() >= CUTS_ARE_FREQUENT) return SMALLEST_CHUNK;
    if (this.#rate === null) return USUAL_CHUNK;
    const bytes = (this.#rate / this.#lanes) * SECONDS_PER_CHUNK;
    return Math.round(Math.min(Math.max(bytes, SMALLEST_CHUNK), LARGEST_CHUNK));
  }

  /** Sending begins, or goes on after a rest. */
  resume(): void {
    this.#window = { began: this.#now(), bytes: 0 };
  }

  /** So many bytes arrived. */
  carried(bytes: number): void {
    this.#window.bytes += bytes;
    const elapsed = this.#now() - this.#window.began;
    if (elapsed < WINDOW_MS) return;
    this.#learn((this.#window.bytes / elapsed) * 1000);
    this.resume();
  }

  /** A connection broke, or stood still. */
  cut(): void {
    this.#cuts.push(this.#now());
    this.resume();
  }

  #learn(rate: number): void {
    const before = this.#rate;
    this.#rate = before === null ? rate : before + SMOOTHING * (rate - before);
    if (before !== null && rate < before * WORTH_A_LANE) this.#direction = -this.#direction;
    this.#lanes = Math.min(Math.max(this.#lanes + this.#direction, FEWEST_LANES), MOST_LANES);
  }

  #recentCuts(): number {
    const since = this.#now() - REMEMBER_CUTS_MS;
    this.#cuts = this.#cuts.filter((at) => at > since);
    return this.#cuts.length;
  }
}

/** What the browser believes about the network (Network Information API), where it says. */
function connectionHint(): Hint {
  return (navigator as { connection?: Hint }).connection ?? {};
}
