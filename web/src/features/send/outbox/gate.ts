const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Keeps everybody from the network for a while after it failed: longer each time, with jitter, and never for ever.
 *
 * A nudge (the browser is online again, the page is seen again) opens it at once.
 */
export class Gate {
  #failures = 0;
  #opensAt = 0;
  #waiting = new Set<() => void>();

  /** When it opens, in milliseconds since the epoch; null while it is open. */
  get opensAt(): number | null {
    return this.#opensAt > Date.now() ? this.#opensAt : null;
  }

  /** Return when it is open, or the signal ends. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.opensAt !== null && !signal.aborted) await this.#pause(signal);
  }

  /** Something failed: stay away, for as long as the server asked or longer each time. */
  shut(askedMs?: number): void {
    if (this.opensAt !== null) return; // its companions failed of the same cause
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#opensAt = Date.now() + (askedMs ?? longest * (0.5 + Math.random() / 2));
  }

  /** Something worked. */
  succeeded(): void {
    this.#failures = 0;
  }

  nudge(): void {
    this.#opensAt = 0;
    this.#failures = 0;
    for (const wake of this.#waiting) wake();
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, this.#opensAt - Date.now());
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
