/**
 * Tell the service worker, where a phone has one, whose page was opened: the pages of others leave the phone, and what waits is
 * sent, then and when the network is back. The sign-in page says that nobody is here; a page of errors does not know.
 * @param {string} person
 */
export function tellWorker(person) {
  const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (worker && (person || location.pathname === "/masuk")) {
    worker.postMessage(["here", person]);
    addEventListener("online", () => worker.postMessage(["send", person]));
  }
}
