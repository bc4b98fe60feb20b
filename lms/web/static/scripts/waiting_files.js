/**
 * @typedef {object} KeptFile a file that waits on the phone, under its owner's number
 * @property {string} id
 * @property {string} person whose file
 * @property {string} page for which form: the address where its upload begins
 * @property {File} file
 * @property {string} name
 * @property {string} sha256
 * @property {string} key names the upload, so that asking twice begins one
 * @property {string} url of the upload, "" before it has begun
 * @property {number} at when it was chosen, in ms of the phone's clock
 * @property {boolean} [cancelled] and the server does not know yet
 */

/**
 * @typedef {object} WaitingFiles
 * @property {(file: KeptFile) => Promise<boolean>} keep whether the phone holds it if the page is closed
 * @property {(id: string) => Promise<boolean>} drop
 * @property {() => Promise<KeptFile[]>} all of everybody on this phone
 */

/**
 * Files on the phone, in IndexedDB. A phone that gives none keeps nothing: files are then sent from memory.
 * @param {() => IDBFactory} source
 * @returns {WaitingFiles}
 */
export function waitingFiles(source) {
  /** @type {Promise<IDBDatabase | null>} */
  const opened = new Promise((done, failed) => {
    const request = source().open("imbas", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "id" });
    request.onsuccess = () => done(request.result);
    request.onerror = failed;
  }).catch(() => null);

  /**
   * @template Result
   * @param {IDBTransactionMode} mode
   * @param {(files: IDBObjectStore) => IDBRequest<Result>} work
   * @returns {Promise<Result | null>} null where it failed
   */
  const within = async (mode, work) => {
    const database = await opened;
    if (!database) {
      return null;
    }
    try {
      return await new Promise((done) => {
        const transaction = database.transaction("files", mode);
        const request = work(transaction.objectStore("files"));
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = transaction.onabort = () => done(null);
      });
    } catch (_error) {
      return null;
    }
  };

  return {
    keep: async (file) => (await within("readwrite", (files) => files.put(file))) !== null,
    drop: async (id) => (await within("readwrite", (files) => files.delete(id))) !== null,
    all: async () => (await within("readonly", (files) => files.getAll())) || [],
  };
}
