/**
 * How many studies of the signed-in person wait on this device to be sent: whoever signs out is told.
 *
 * What sends them sets it; who asks need not know that.
 */
class Unsent {
  #studies = 0;

  readonly count = (): number => this.#studies;

  set(studies: number): void {
    this.#studies = studies;
  }
}

export const unsent = new Unsent();
