import { phoneDatabase } from "./phone_database.js";

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
 * Files on the phone. A phone that gives no storage keeps nothing: files are then sent from memory.
 * @param {() => IDBFactory} source
 * @returns {WaitingFiles}
 */
export function waitingFiles(source) {
  const within = phoneDatabase(source, "imbas", "files");

  return {
    keep: async (file) => (await within("readwrite", (files) => files.put(file))) !== null,
    drop: async (id) => (await within("readwrite", (files) => files.delete(id))) !== null,
    all: async () => (await within("readonly", (files) => files.getAll())) || [],
  };
}
