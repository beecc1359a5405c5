const LOCK = 'relaypacs-busy';

/**
 * Whether something is under way that must not be interrupted by a reload, such as an upload being sent.
 *
 * Holds are counted, and reach across tabs by a shared Web Lock: an update waits for all of them. Web Locks are there
 * wherever service workers are; elsewhere there are no updates to wait, and the count of this tab is enough.
 */
class Busy {
  #holds = 0;
  readonly #listeners = new Set<() => void>();

  /** Whether something in this tab holds. */
  readonly here = (): boolean => this.#holds > 0;

  /**
   * Whether something in any tab holds, or what had to wait for that has its turn: an update is not put in place while a
   * page that the old version serves has a connection open.
   */
  async anywhere(): Promise<boolean> {
    if (this.here() || !('locks' in navigator)) return this.here();
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name === LOCK);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Say that something has begun. Returns the function that says it has ended; calling that again does nothing. */
  hold(): () => void {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    if ('locks' in navigator) void navigator.locks.request(LOCK, { mode: 'shared' }, () => ended);
    this.#count(1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      end();
      this.#count(-1);
    };
  }

  /** Run `act` as soon as nothing holds in any tab. What begins meanwhile waits for the promise of `act`. */
  async whenCalm(act: () => void | Promise<void>): Promise<void> {
    await this.#calmHere();
    if (!('locks' in navigator)) return act();
    await navigator.locks.request(LOCK, { mode: 'exclusive' }, act);
  }

  #calmHere(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.here()) return;
        stop();
        resolve();
      };
      const stop = this.subscribe(look);
      look();
    });
  }

  #count(change: number): void {
    this.#holds += change;
    this.#listeners.forEach((listener) => listener());
  }
}

export const busy = new Busy();
