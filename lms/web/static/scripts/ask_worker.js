/** @typedef {{ outcome: import("./offline_pages.js").Keeping, when: string }} Kept what came of it, and of when the kept page is */

/**
 * Ask the service worker for one of its tasks (sw.js).
 * @param {string} task
 * @param {string} given
 * @returns {Promise<any>} its answer
 */
const ask = async (task, given) => {
  const { active } = /** @type {{ active: ServiceWorker }} */ (await navigator.serviceWorker.ready);
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    active.postMessage([task, given], [port2]);
  });
};

/**
 * Send what waits; the browser wakes the worker, too, when it sees a network and the page is closed.
 * @param {string} person
 * @returns {Promise<import("./form_sender.js").Outcome>}
 */
export const sendForms = async (person) => {
  const registration = /** @type {any} */ (await navigator.serviceWorker.ready);
  if (registration.sync) {
    registration.sync.register("imbas-forms").catch(() => undefined); // a browser may refuse
  }
  return ask("send", person);
};

/**
 * Keep a page on the phone.
 * @param {string} url
 * @returns {Promise<Kept>}
 */
export const keepPage = (url) => ask("keep", url);

/** @returns {Promise<import("./offline_pages.js").KeptPage[]>} the pages on the phone */
export const keptPages = () => ask("list", "");

/** Remove all pages from the phone. */
export const forgetPages = () => ask("forget", "");
