import { phoneDatabase } from "./phone_database.js";

/**
 * @typedef {object} OfflineForm a form on the phone, from its first letter until the server has it
 * @property {string} id of its row: one open form for each person and name; what has arrived lies under its key
 * @property {string} key names it to the server, which takes a key once
 * @property {string} person whose form: an account's number
 * @property {string} name which form, and about what: one visit, one list
 * @property {string} title what people call it
 * @property {string} page the address of its page
 * @property {string} action where it is sent
 * @property {Entry[]} fields as the form sends them
 * @property {[string, string][]} words labels and what was typed, to be read and copied
 * @property {FormState} state
 * @property {number} order the one with the lowest is sent first
 * @property {number} at when it was last typed in, in ms of the phone's clock
 * @property {boolean} [tried] it was sent at least once and may have arrived
 * @property {number} [tries] how often the server gave an answer that is none
 * @property {string} [message] why it was refused
 * @property {Record<string, string>} [faults] a sentence by field
 * @property {string} [arrived] when the server took it, in its words
 */
/** @typedef {[string, string | File]} Entry name and value of a field */
/**
 * draft: being filled in; waiting: to be sent; sending: under way, or was when the phone went off;
 * refused: the server said why, it can be corrected; arrived: the server has it, and its text is gone from the phone.
 * @typedef {"draft" | "waiting" | "sending" | "refused" | "arrived"} FormState
 */

/**
 * @typedef {object} OfflineForms
 * @property {() => Promise<OfflineForm[]>} all of everybody on this phone
 * @property {(id: string, next: (now: OfflineForm | undefined) => OfflineForm | null | undefined) => Promise<Changed>} change
 *   read a row and write what `next` makes of it, with nobody in between: null removes it, undefined leaves it
 */
/** @typedef {{ form: OfflineForm | undefined, kept: boolean }} Changed the row as it is now; whether the phone holds it */

/**
 * Where the open form of a person with a name lies.
 * @param {string} person
 * @param {string} name
 */
export const placeOf = (person, name) => `${person}:${name}`;

/**
 * Forms that their person can still lose: all but those that have arrived.
 * @param {OfflineForm[]} forms
 * @param {string} person
 */
export const unsentOf = (forms, person) => forms.filter((form) => form.person === person && form.state !== "arrived");

/**
 * Forms on the phone, in a database of their own, so that pages and the service worker both reach them.
 * @param {() => IDBFactory} source
 * @returns {OfflineForms}
 */
export function offlineForms(source) {
  const within = phoneDatabase(source, "imbas-forms", "forms");

  return {
    all: async () => (await within("readonly", (rows) => rows.getAll())) || [],
    async change(id, next) {
      /** @type {OfflineForm | undefined} */
      let form;
      const kept = await within("readwrite", (rows) => {
        const reading = rows.get(id);
        reading.onsuccess = () => {
          const wanted = next(reading.result);
          form = wanted === undefined ? reading.result : wanted || undefined;
          try {
            if (wanted) {
              rows.put(wanted);
            } else if (wanted === null) {
              rows.delete(id);
            }
          } catch (_error) {
            rows.transaction.abort(); // a photo that has gone meanwhile
          }
        };
        return /** @type {IDBRequest<any>} */ (rows.count());
      });
      return { form, kept: kept !== null };
    },
  };
}
