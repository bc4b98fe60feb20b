/**
 * @typedef {<Result>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => IDBRequest<Result>) => Promise<Result | null>} Within
 *   one transaction; what the request gave that `work` made, null where it failed
 */

/**
 * One store of rows on the phone, in IndexedDB, each under its `id`. A phone that gives none keeps nothing.
 * @param {() => IDBFactory} source
 * @param {string} name of the database
 * @param {string} store
 * @returns {Within}
 */
export function phoneDatabase(source, name, store) {
  /** @type {Promise<IDBDatabase | null>} */
  const opened = new Promise((done, failed) => {
    const request = source().open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "id" });
    request.onsuccess = () => done(request.result);
    request.onerror = failed;
  }).catch(() => null);

  return async (mode, work) => {
    const database = await opened;
    if (!database) {
      return null;
    }
    try {
      return await new Promise((done) => {
        const transaction = database.transaction(store, mode);
        const request = work(transaction.objectStore(store));
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = transaction.onabort = () => done(null);
      });
    } catch (_error) {
      return null;
    }
  };
}
