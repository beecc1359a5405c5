import 'fake-indexeddb/auto';

import axios from 'axios';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { server } from './server';

/* What a service worker has and Node has not. */

const ORIGIN = 'http://gateway.test';

/** Exclusive locks by name (Web Locks API), as far as ours asks for: requests in turn, and who holds what. */
class Locks {
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #held = new Set<string>();

  async request<T>(name: string, ...rest: unknown[]): Promise<T> {
    const act = rest.at(-1) as (lock: { name: string }) => Promise<T>;
    const before = this.#queues.get(name) ?? Promise.resolve();
    const turn = before.then(async () => {
      this.#held.add(name);
      try {
        return await act({ name });
      } finally {
        this.#held.delete(name);
      }
    });
    this.#queues.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: [...this.#held].map((name) => ({ name })) });
  }
}

axios.defaults.baseURL = ORIGIN;
Object.assign(globalThis, {
  location: { origin: ORIGIN },
  navigator: { onLine: true, hardwareConcurrency: 2, locks: new Locks() },
});

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());
