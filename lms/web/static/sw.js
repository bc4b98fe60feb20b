/*
 * The service worker, at /sw.js: opens kept pages without a network, and sends forms that wait. It is asked for only by
 * phones whose person has opened a page that may be kept, and keeps nothing by itself (scripts/offline_pages.js).
 *
 * message ["here", PERSON]  whose page was opened just now, "" for nobody: pages of others go, and what waits is sent
 * message ["send", PERSON]  what waits is sent; answers an Outcome for this person, whose page may be an old one
 * message ["keep", URL]     keeps a page; answers what came of it
 * message ["list", ""]      the pages on the phone           ["forget", ""]  removes them
 * sync "imbas-forms"       the browser has seen a network, the page may be closed
 */
import { formSender, whoIsHere } from "./scripts/form_sender.js";
import { offlineForms, unsentOf } from "./scripts/offline_forms.js";
import { offlinePages } from "./scripts/offline_pages.js";

/** Of TypeScript's two worlds a project has the window's: what is used of the worker's is named here. */
/** @typedef {Event & { waitUntil(work: Promise<any>): void }} Lasting */
/** @typedef {Lasting & { request: Request, respondWith(answer: Promise<Response>): void }} FetchEvent */
/** @typedef {Lasting & { data: [string, string], ports: MessagePort[] }} Told */

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

/** What pages may ask for. @type {Record<string, (given: string) => Promise<any>>} */
const tasks = {
  async here(person) {
    await pages.forgetOthers(person);
    return tasks.send(person);
  },
  async send(person) {
    const outcome = await sender.send();
    await tell();
    const left = (await forms.all()).some((form) => form.person === person && /waiting|sending/.test(form.state));
    return outcome === "sent" && left ? "signIn" : outcome; // somebody else is signed in
  },
  async keep(url) {
    const outcome = await pages.keep(url);
    const found = (await pages.list()).find((page) => page.address === pages.addressOf(url));
    return { outcome, when: found ? found.when : "" };
  },
  list: () => pages.list(),
  forget: () => pages.forget(),
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
  const [name, given] = event.data;
  const work = async () => (tasks[name] ? tasks[name](given) : null); // a page may be of a later version
  event.waitUntil(work().then((answer) => event.ports.forEach((port) => port.postMessage(answer))));
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
