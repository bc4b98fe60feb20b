import { keepPage } from "./ask_worker.js";
import { words } from "./dom.js";

/**
 * What is said of pages and forms: data-text-* of the page that lists what lies on the phone, which is kept anyway, so that pages
 * with a form stay light. It is fetched anew when it was made for other scripts, or in another language.
 * @param {string} home the address of that page
 * @returns {Promise<Record<string, string> | null>} null where it cannot be had
 */
export async function offlineSentences(home) {
  const script = document.querySelector('script[src^="/static/offline."]');
  const needed = [script ? script.getAttribute("src") || "" : "", `lang="${document.documentElement.lang}"`];
  const kept = async () => {
    const page = await caches.match(home);
    return page ? page.text() : "";
  };
  /** @param {string} page */
  const fits = (page) => needed.every((part) => page.includes(part));

  let html = await kept();
  if (!fits(html)) {
    await keepPage(home);
    html = (await kept()) || html;
  }
  if (!fits(html)) {
    const answer = await fetch(home, { credentials: "same-origin" }).catch(() => null); // a phone without room keeps none
    html = answer && answer.ok ? await answer.text() : html;
  }
  const root = new DOMParser().parseFromString(html, "text/html").querySelector("[data-offline-list]");
  return root instanceof HTMLElement ? Object.assign({}, words(root)) : null;
}
