import { vi } from 'vitest';

import type { WorkerWords } from '@/features/notifications/telling/workerWords';

/** What a browser has for push messages, which jsdom has not: permission, a service worker, a cache. */
export class FakeBrowserPush {
  readonly described = {
    endpoint: 'https://push.example/abc',
    expirationTime: null,
    keys: { p256dh: 'BPoint', auth: 'secret' },
  };
  /** The gateway's keys that were subscribed with. */
  readonly keys: string[] = [];
  subscription: object | null = null;
  words: WorkerWords | null = null;

  #permission: NotificationPermission;
  readonly #answer: NotificationPermission;

  /** `answer`: what the person says when asked. */
  constructor(permission: NotificationPermission, answer: NotificationPermission = permission) {
    this.#permission = permission;
    this.#answer = answer;
  }

  readonly subscribe = (options?: { applicationServerKey: string }): Promise<object> => {
    if (options) this.keys.push(options.applicationServerKey);
    this.subscription = {
      options: { applicationServerKey: bytesOf('BKey') },
      toJSON: () => this.described,
      unsubscribe: () => {
        this.subscription = null;
        return Promise.resolve(true);
      },
    };
    return Promise.resolve(this.subscription);
  };

  /** Put it in place until the test is over. */
  install(): this {
    const pushManager = {
      getSubscription: () => Promise.resolve(this.subscription),
      subscribe: this.subscribe,
    };
    const worker = Object.assign(new EventTarget(), {
      getRegistration: () => Promise.resolve({ pushManager }),
      startMessages: () => undefined,
    });
    vi.stubGlobal('PushManager', vi.fn());
    vi.stubGlobal('Notification', this.#notification());
    vi.stubGlobal('caches', {
      open: () => Promise.resolve({ put: (_: string, kept: Response) => this.#keep(kept) }),
    });
    vi.stubGlobal(
      'navigator',
      new Proxy(navigator, {
        get: (target, name) => {
          if (name === 'serviceWorker') return worker;
          const value = Reflect.get(target, name, target) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
        has: (target, name) => name === 'serviceWorker' || name in target,
      }),
    );
    return this;
  }

  #notification() {
    const read = () => this.#permission;
    const ask = () => {
      this.#permission = this.#answer;
      return Promise.resolve(this.#permission);
    };
    return {
      get permission() {
        return read();
      },
      requestPermission: ask,
    };
  }

  async #keep(kept: Response): Promise<void> {
    this.words = (await kept.json()) as WorkerWords;
  }
}

function bytesOf(key: string): ArrayBuffer {
  return Uint8Array.from(atob(key), (character) => character.charCodeAt(0)).buffer;
}
