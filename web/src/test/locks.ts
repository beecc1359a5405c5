type Act = (lock: { name: string }) => Promise<unknown>;

/** Web Locks as far as pages use them, all of them exclusive, since jsdom has none. Returns how to take them away again. */
export function haveLocks(): () => void {
  const queues = new Map<string, Promise<void>>();
  const held = new Set<string>();

  const request = (name: string, ...rest: [Act] | [LockOptions, Act]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const act = rest.at(-1) as Act;
      const signal = rest.length === 2 ? rest[0].signal : undefined;
      let isGranted = false;
      signal?.addEventListener('abort', () => {
        if (!isGranted) reject(new DOMException('over', 'AbortError'));
      });
      const turn = (queues.get(name) ?? Promise.resolve()).then(async () => {
        if (signal?.aborted) return;
        isGranted = true;
        held.add(name);
        await act({ name }).then(resolve, reject);
        held.delete(name);
      });
      queues.set(name, turn);
    });
  const query = () => Promise.resolve({ held: [...held].map((name) => ({ name })) });

  Object.defineProperty(navigator, 'locks', { value: { request, query }, configurable: true });
  return () => void Reflect.deleteProperty(navigator, 'locks');
}
