import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { busy } from './busy';

const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

/** The part of Web Locks that is used here, with one lock: jsdom has none. */
class Locks {
  #shared = new Set<Promise<unknown>>();

  query(): Promise<{ held: object[] }> {
    const held = [...this.#shared].map(() => ({ name: 'relaypacs-busy', mode: 'shared' }));
    return Promise.resolve({ held: [{ name: 'another', mode: 'shared' }, ...held] });
  }

  async request(_: string, { mode }: { mode: LockMode }, act: () => unknown): Promise<void> {
    if (mode === 'exclusive') {
      while (this.#shared.size > 0) await Promise.all(this.#shared);
      await act();
      return;
    }
    const held = Promise.resolve(act());
    this.#shared.add(held);
    await held;
    this.#shared.delete(held);
  }
}

describe.each([
  ['with Web Locks', () => new Locks()],
  ['without them', () => undefined],
])('being busy, %s', (_, locks) => {
  beforeEach(() => {
    const present = locks();
    if (present) Object.defineProperty(navigator, 'locks', { value: present, configurable: true });
  });

  afterEach(() => {
    Reflect.deleteProperty(navigator, 'locks');
  });

  it('lasts until everything has ended', () => {
    const changed = vi.fn();
    const stop = busy.subscribe(changed);
    const first = busy.hold();
    const second = busy.hold();
    first();
    first();
    expect(busy.here()).toBe(true);
    second();
    expect(busy.here()).toBe(false);
    stop();
    expect(changed).toHaveBeenCalledTimes(4);
  });

  it('is known everywhere', async () => {
    expect(await busy.anywhere()).toBe(false);
    const release = busy.hold();
    expect(await busy.anywhere()).toBe(true);
    release();
    await soon();
    expect(await busy.anywhere()).toBe(false);
  });

  it('holds up what would interrupt it', async () => {
    const release = busy.hold();
    const interrupt = vi.fn();
    const interrupted = busy.whenCalm(interrupt);
    await soon();
    expect(interrupt).not.toHaveBeenCalled();
    release();
    await interrupted;
    expect(interrupt).toHaveBeenCalledOnce();
  });

  it('holds up nothing while nothing is under way', async () => {
    const act = vi.fn();
    await busy.whenCalm(act);
    expect(act).toHaveBeenCalledOnce();
  });
});

it('is known in a tab other than the one that holds', async () => {
  const locks = new Locks();
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  void locks.request('relaypacs-busy', { mode: 'shared' }, () => soon());
  expect(busy.here()).toBe(false);
  expect(await busy.anywhere()).toBe(true);
  Reflect.deleteProperty(navigator, 'locks');
});
