/*
 * The words that the service worker shows when a push message comes and no page is open. They lie in a cache, since
 * a worker reads no localStorage; the page puts them there, in the language that is shown.
 */

const CACHE = 'relaypacs-push-words';
const ENTRY = '/push-words';

export interface Said {
  title: string;
  detail: string;
}

export interface WorkerWords {
  lang: string;
  dir: 'ltr' | 'rtl';
  /** By type of notification; `test` too. */
  said: Record<string, Said>;
}

export async function keepWorkerWords(words: WorkerWords): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(ENTRY, Response.json(words));
}

/** Null where no page has kept any, or the browser has let go of them. */
export async function keptWorkerWords(): Promise<WorkerWords | null> {
  const found = await caches.match(ENTRY, { cacheName: CACHE });
  return found ? ((await found.json()) as WorkerWords) : null;
}
