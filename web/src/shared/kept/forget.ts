/** The name of the database of `./database.ts`, which whoever only forgets does not have to load. */
export const KEPT = 'relaypacs-kept';

/** Remove everything that is kept for offline use, of whomever. Resolves also where the browser refuses. */
export function forgetKept(): Promise<void> {
  return new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(KEPT);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => {
      console.warn('What was kept for offline use could not be removed', deleting.error);
      resolve();
    };
  });
}
