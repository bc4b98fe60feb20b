/*
 * On pages that may be taken along: the page is kept on the phone, its forms are kept, queued and sent (decision 0030).
 * A browser without service workers gets the forms as they are.
 *
 * form[data-offline]      a form of such a page (scripts/offline_form.js)
 * [data-offline-page]     says whether the page opens without a network
 * [data-offline-list]     what lies on this phone (scripts/offline_list.js)
 */
import { keepPage, sendForms } from "./scripts/ask_worker.js";
import { all, forms } from "./scripts/dom.js";
import { startOfflineForm } from "./scripts/offline_form.js";
import { offlineForms } from "./scripts/offline_forms.js";
import { startOfflineList } from "./scripts/offline_list.js";
import { offlineSentences } from "./scripts/offline_sentences.js";

const HOME = "/tanpa-sinyal";
const person = document.body.dataset.person || "";
const now = () => Date.now();
const kept = offlineForms(() => indexedDB);
/** A key that no other phone makes; the server keeps answers to these for longer than to others. */
const newKey = () =>
  `hp.${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => `0${byte.toString(16)}`.slice(-2)).join("")}`;

const send = () => sendForms(person);

/**
 * Keep this page, and say what came of it.
 * @param {Record<string, string>} text
 */
const keepThis = async (text) => {
  const { outcome, when } = await keepPage(location.href);
  const lost = when ? text.textPageHere : text.textPageLost;
  const sentence = { kept: text.textPageReady, lost, full: text.textPageFull, refused: "" }[outcome];
  all("[data-offline-page]").forEach((line) => {
    const place = /** @type {HTMLElement} */ (line.querySelector("[data-offline-words]"));
    place.textContent = sentence.replace("{}", when);
    line.hidden = !sentence;
  });
};

const start = async () => {
  await navigator.serviceWorker.register("/sw.js");
  const text = await offlineSentences(HOME);
  if (!text) {
    return;
  }
  const means = { forms: kept, text, now, newKey, send };
  forms("form[data-offline]").forEach((form) => startOfflineForm(form, person, means));
  const lists = all("[data-offline-list]").map((root) => startOfflineList(root, person, means));
  await keepThis(text);
  lists.forEach((list) => list.showPages());
};

if (navigator.serviceWorker && self.caches && person) {
  start().catch(() => undefined); // a browser that refuses a worker has the form as it is
}
