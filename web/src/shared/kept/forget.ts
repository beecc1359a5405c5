/** The database of `./database.ts` and its table, which whoever only forgets does not have to load. */
export const KEPT = 'relaypacs-kept';
export const RECORDS = 'records';

/**
 * Remove everything that is kept for offline use, of whomever. Resolves also where the browser refuses.
 *
 * The database is emptied, not deleted: that would wait for every other page that has it open, also for one that sleeps.
 */
export function forgetKept(): Promise<void> {
  return new Promise((resolve) => {
    const opening = indexedDB.open(KEPT);
    // There is none, and none is to be made.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = (event) => {
      event.preventDefault();
      resolve();
    };
    opening.onsuccess = () => {
      const database = opening.result;
      const emptying = database.transaction(RECORDS, 'readwrite', { durability: 'strict' });
      emptying.objectStore(RECORDS).clear();
      emptying.oncomplete = emptying.onabort = () => {
        if (emptying.error) console.warn('What was kept could not be removed', emptying.error);
        database.close();
        resolve();
      };
    };
  });
}
