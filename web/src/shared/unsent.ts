/** What waits on this device to be sent. */
export interface Waiting {
  studies: number;
  /** Reports of which something is written here that the gateway does not have. */
  reports: number;
}

/**
 * How much of the signed-in person waits on this device to be sent: whoever signs out is told.
 *
 * What sends it sets it; who asks need not know that.
 */
class Unsent {
  #waiting: Waiting = { studies: 0, reports: 0 };

  readonly waiting = (): Waiting => this.#waiting;

  set(waiting: Partial<Waiting>): void {
    this.#waiting = { ...this.#waiting, ...waiting };
  }
}

export const unsent = new Unsent();
