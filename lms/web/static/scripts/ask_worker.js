/**
 * Ask the service worker to send what waits; the browser wakes it, too, when it sees a network and the page is closed.
 * @param {string} person
 * @returns {Promise<import("./form_sender.js").Outcome>}
 */
export async function askWorker(person) {
  const registration = /** @type {any} */ (await navigator.serviceWorker.ready);
  if (registration.sync) {
    registration.sync.register("imbas-forms").catch(() => undefined); // a browser may refuse
  }
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    registration.active.postMessage({ here: person }, [port2]);
  });
}
