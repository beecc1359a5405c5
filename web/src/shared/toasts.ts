import type { Tone } from './ui/tone';

export interface Toast {
  /** What is critical interrupts a screen reader, and stays until somebody puts it away. */
  tone: Tone;
  title: string;
  text?: string | undefined;
  link?: { to: string; text: string } | undefined;
}

export interface ShownToast extends Toast {
  id: number;
}

const MOST_AT_ONCE = 3;

/**
 * Short messages over the page about what has just happened, in the language that was shown then.
 *
 * They go by themselves, so nothing may be said here alone: each is also to be found on some page.
 */
class Toasts {
  #shown: readonly ShownToast[] = [];
  #count = 0;
  readonly #listeners = new Set<() => void>();

  readonly shown = (): readonly ShownToast[] => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Show one more, below the others. Where there is no room the oldest makes it, a critical one last. */
  readonly show = (toast: Toast): void => {
    this.#count += 1;
    const kept = [...this.#shown];
    if (kept.length === MOST_AT_ONCE) {
      const oldest = kept.findIndex(({ tone }) => tone !== 'critical');
      kept.splice(Math.max(oldest, 0), 1);
    }
    this.#become([...kept, { ...toast, id: this.#count }]);
  };

  readonly dismiss = (id: number): void => {
    this.#become(this.#shown.filter((toast) => toast.id !== id));
  };

  readonly clear = (): void => this.#become([]);

  #become(shown: readonly ShownToast[]): void {
    this.#shown = shown;
    this.#listeners.forEach((listener) => listener());
  }
}

export const toasts = new Toasts();
