const DATABASE = 'relaypacs-session';
const STORE = 'tokens';
const KEY = 'refresh';

/**
 * The refresh token in IndexedDB (docs/adr/0010-browser-tokens.md), shared by all tabs of this origin.
 *
 * Writes are durable before they resolve: the token that a rotation replaced is worthless, so losing
 * the new one to a power cut would sign the user out.
 */
export const tokenStore = {
  async read(): Promise<string | null> {
    const value: unknown = await inTransaction('readonly', (tokens) => tokens.get(KEY));
    return typeof value === 'string' ? value : null;
  },
  async write(refreshToken: string): Promise<void> {
    await inTransaction('readwrite', (tokens) => tokens.put(refreshToken, KEY));
  },
  async clear(): Promise<void> {
    await inTransaction('readwrite', (tokens) => tokens.delete(KEY));
  },
};

async function inTransaction<T>(
  mode: IDBTransactionMode,
  act: (tokens: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const outcome = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(outcome.result);
      transaction.onabort = () => reject(asError(transaction.error));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(asError(opening.error));
  });
}

function asError(cause: DOMException | null): Error {
  return new Error('The browser could not store the session', { cause });
}
