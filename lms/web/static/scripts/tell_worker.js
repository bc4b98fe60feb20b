/**
 * Tell the service worker, where a phone has one, whose page this is: the pages of others leave the phone, and what waits is sent,
 * now and whenever the network is back. The sign-in page says that nobody is here; a page of errors does not know.
 * @param {string} person
 */
export function tellWorker(person) {
  const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (worker && (person || location.pathname === "/masuk")) {
    const tell = () => worker.postMessage({ here: person });
    addEventListener("online", tell);
    tell();
  }
}
