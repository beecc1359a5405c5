/** Another tab sends what is in the outbox: this one waits for its lock (Web Locks API, of which jsdom has nothing). */
export function sendingElsewhere(): void {
  const request = (name: string, ...rest: unknown[]): Promise<unknown> => {
    const act = rest.at(-1) as () => Promise<unknown>;
    const { signal } = rest[0] as { signal?: AbortSignal };
    if (!name.includes('outbox')) return act();
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('the page was closed')));
    });
  };
  Object.defineProperty(navigator, 'locks', {
    value: { request, query: () => Promise.resolve({ held: [] }) },
    configurable: true,
  });
}

export function sendingNowhere(): void {
  Reflect.deleteProperty(navigator, 'locks');
}
