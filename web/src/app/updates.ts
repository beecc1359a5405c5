import { busy } from '@/shared/busy';
import { TAKE_OVER } from '@/shared/workerMessages';

const LOOK_EVERY_MS = 60 * 60 * 1000;
const LONGEST_TAKE_OVER_MS = 5_000;
/** How often this tab was shown anew to put an update in place that was asked for. */
const ATTEMPTS = 'relaypacs-update-attempts';
const MOST_ATTEMPTS = 3;

export type UpdateState =
  | 'none'
  /** A new version is here and waits to be asked for. */
  | 'ready'
  /** It was asked for, and waits until nothing can be interrupted in any tab. */
  | 'asked'
  /** Another tab has put it in place: this page is of the version before. */
  | 'replaced';

/**
 * New versions of the app: found in the background, put in place only when a person says so.
 *
 * Where there are no service workers, or the browser refuses ours, everything works without them.
 */
class Updates {
  #state: UpdateState = 'none';
  #registration: ServiceWorkerRegistration | null = null;
  readonly #listeners = new Set<() => void>();

  readonly state = (): UpdateState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Register the service worker, and look for new versions from now on. Once, after the page has loaded. */
  async start(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    const container = navigator.serviceWorker;
    // The first service worker of all takes over too, and replaces nothing.
    let controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      if (controlled) this.#replaced();
      controlled = true;
    });
    try {
      const registration = await container.register('/sw.js', { updateViaCache: 'none' });
      this.#follow(registration);
    } catch (error) {
      console.info('The app works without its service worker', error);
    }
  }

  /** Put the new version in place as soon as nothing can be interrupted, and show it. */
  async apply(): Promise<void> {
    if (this.#state === 'replaced') this.#reload();
    if (this.#state !== 'ready') return;
    this.#enter('asked');
    await busy.whenCalm(() => {
      const waiting = this.#registration?.waiting;
      if (waiting) waiting.postMessage(TAKE_OVER);
      // A browser puts it off while the old version has something to do for this page: without the page it has not.
      setTimeout(
        () => {
          if (waiting) noteAttempts(attempts() + 1);
          this.#reload();
        },
        waiting ? LONGEST_TAKE_OVER_MS : 0,
      );
      // Nothing may begin any more until the page is shown anew.
      return new Promise<void>(() => undefined);
    });
  }

  #follow(registration: ServiceWorkerRegistration): void {
    this.#registration = registration;
    const look = () => {
      const { waiting, active } = registration;
      if (waiting && active && this.#state === 'none') this.#enter('ready');
    };
    look();
    this.#goOn();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
    setInterval(() => {
      // Offline, or the gateway is away: the next look finds it.
      if (navigator.onLine) registration.update().catch(() => undefined);
    }, LOOK_EVERY_MS);
  }

  /** The page was shown anew, and its first requests kept the old version busy once more. */
  #goOn(): void {
    const count = attempts();
    if (this.#state === 'ready' && count > 0 && count < MOST_ATTEMPTS) void this.apply();
    else noteAttempts(0);
  }

  #replaced(): void {
    noteAttempts(0);
    if (this.#state === 'asked') this.#reload();
    else this.#enter('replaced');
  }

  #reload(): void {
    window.location.reload();
  }

  #enter(state: UpdateState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

function attempts(): number {
  return Number(sessionStorage.getItem(ATTEMPTS));
}

function noteAttempts(count: number): void {
  if (count > 0) sessionStorage.setItem(ATTEMPTS, String(count));
  else sessionStorage.removeItem(ATTEMPTS);
}

export const updates = new Updates();
