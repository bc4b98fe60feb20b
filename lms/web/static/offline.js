/*
 * On pages that may be taken along: the page is kept on the phone, its forms are kept, queued and sent (decision 0030).
 * A browser without service workers gets the forms as they are.
 *
 * form[data-offline]      a form of such a page (scripts/offline_form.js)
 * [data-offline-page]     says whether the page opens without a network
 * [data-offline-list]     what lies on this phone (scripts/offline_list.js)
 */
import { askWorker } from "./scripts/ask_worker.js";
import { all, forms } from "./scripts/dom.js";
import { startOfflineForm } from "./scripts/offline_form.js";
import { offlineForms } from "./scripts/offline_forms.js";
import { startOfflineList } from "./scripts/offline_list.js";
import { offlinePages } from "./scripts/offline_pages.js";
import { offlineSentences } from "./scripts/offline_sentences.js";

const HOME = "/tanpa-sinyal";
const person = document.body.dataset.person || "";
const now = () => Date.now();
const kept = offlineForms(() => indexedDB);
const pages = offlinePages({
  caches: () => caches,
  fetch: (url, options) => fetch(url, options),
  now,
  origin: location.origin,
});

/** A key that no other phone makes; the server keeps answers to these for longer than to others. */
const newKey = () =>
  `hp.${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => `0${byte.toString(16)}`.slice(-2)).join("")}`;

const send = () => askWorker(person);

/**
 * Keep this page, and say what came of it.
 * @param {Record<string, string>} text
 */
const keepPage = async (text) => {
  const outcome = await pages.keep(location.href);
  const found = (await pages.list()).find((page) => page.address === pages.addressOf(location.href));
  const lost = found ? text.textPageHere : text.textPageLost;
  const sentence = { kept: text.textPageReady, lost, full: text.textPageFull, refused: "" }[outcome];
  all("[data-offline-page]").forEach((line) => {
    const place = /** @type {HTMLElement} */ (line.querySelector("[data-offline-words]"));
    place.textContent = sentence.replace("{}", found ? found.when : "");
    line.hidden = !sentence;
  });
};

const start = async () => {
  await navigator.serviceWorker.register("/sw.js");
  const text = await offlineSentences(pages, HOME);
  if (!text) {
    return;
  }
  const means = { forms: kept, text, now, newKey, send };
  forms("form[data-offline]").forEach((form) => startOfflineForm(form, person, means));
  const lists = all("[data-offline-list]").map((root) =>
    startOfflineList(root, person, Object.assign({ pages }, means)),
  );
  await keepPage(text);
  lists.forEach((list) => list.showPages());
};

if (navigator.serviceWorker && self.caches && person) {
  start().catch(() => undefined); // a browser that refuses a worker has the form as it is
}
