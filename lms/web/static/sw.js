/*
 * The service worker, at /sw.js: opens kept pages without a network, and sends forms that wait. It is asked for only by
 * phones whose person has opened a page that may be kept, and keeps nothing by itself (scripts/offline_pages.js).
 *
 * message {here: PERSON}   who the page was made for, "" for nobody: pages of others go, and what waits is sent
 * sync "imbas-forms"       the browser has seen a network, the page may be closed
 */
import { formSender, whoIsHere } from "./scripts/form_sender.js";
import { offlineForms, unsentOf } from "./scripts/offline_forms.js";
import { offlinePages } from "./scripts/offline_pages.js";

/** Of TypeScript's two worlds a project has the window's: what is used of the worker's is named here. */
/** @typedef {Event & { waitUntil(work: Promise<any>): void }} Lasting */
/** @typedef {Lasting & { request: Request, respondWith(answer: Promise<Response>): void }} FetchEvent */
/** @typedef {Lasting & { data: { here: string }, ports: MessagePort[] }} Told */

const PATIENCE = 6000;
const HOME = "/tanpa-sinyal";
const SIGN_OUT = "/keluar";
const GATEWAY = [502, 503, 504];
const worker = /** @type {any} */ (self);
const forms = offlineForms(() => indexedDB);
/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
const ask = (url, options) => fetch(url, options);
const pages = offlinePages({
  caches: () => caches,
  fetch: ask,
  now: () => Date.now(),
  origin: location.origin,
});
/** Pages that show forms look again: another one may have queued or sent them. */
const tell = async () => {
  const open = await worker.clients.matchAll({ includeUncontrolled: true });
  open.forEach((/** @type {{ postMessage(words: string): void }} */ client) => client.postMessage("forms"));
};
const sender = formSender({ forms, fetch: ask, changed: tell });

/** @param {number} ms */
const after = (ms) => new Promise((_done, failed) => setTimeout(() => failed(new Error("slow")), ms));

/**
 * From the server; the kept page when there is no network, none behind a signal, or no server. A page that was not kept gives
 * way to the list of those that were.
 * @param {Request} request
 */
const open = async (request) => {
  const kept = await pages.find(request.url).catch(() => undefined);
  try {
    const answer = await (kept ? Promise.race([fetch(request), after(PATIENCE)]) : fetch(request));
    return kept && GATEWAY.includes(answer.status) ? kept : answer;
  } catch (_error) {
    return kept || (await pages.find(HOME)) || Response.error();
  }
};

/**
 * Who signs out takes no pages along; whose forms still wait is asked first what shall become of them.
 * @param {Request} request
 */
const signOut = async (request) => {
  const all = (await forms.all()).filter((form) => form.state !== "arrived");
  const here = all.length ? await whoIsHere(ask) : "sent";
  if (typeof here !== "string" && unsentOf(all, here.person).length) {
    return Response.redirect(`${HOME}#keluar`, 303);
  }
  const answer = await fetch(request);
  await pages.forgetOthers("");
  return answer;
};

/** @param {Request} request */
const file = async (request) => (await pages.file(request.url).catch(() => undefined)) || fetch(request);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {Lasting} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {FetchEvent} */ event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin) {
    return;
  }
  if (request.method === "POST" && pathname === SIGN_OUT && !search) {
    event.respondWith(signOut(request));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(open(request));
  } else if (request.method === "GET" && pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});
worker.addEventListener("message", (/** @type {Told} */ event) => {
  const { here } = event.data;
  const work = async () => {
    await pages.forgetOthers(here);
    const outcome = here ? await sender.send() : "signIn";
    await tell();
    return outcome;
  };
  event.waitUntil(work().then((outcome) => event.ports.forEach((port) => port.postMessage(outcome))));
});
worker.addEventListener("sync", (/** @type {Lasting} */ event) => {
  const all = async () => {
    const outcome = await sender.send();
    if (outcome === "lost" || outcome === "busy") {
      throw new Error("later"); // the browser tries again by itself
    }
  };
  event.waitUntil(all());
});
