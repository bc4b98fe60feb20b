import { forgetPages, keepPage, keptPages } from "./ask_worker.js";
import { all, element, words } from "./dom.js";
import { unsentOf } from "./offline_forms.js";
import { stateWords, typedWords } from "./offline_words.js";
import { plainButton } from "./plain_button.js";
import { signInLink } from "./sign_in_link.js";

/** @typedef {import("./offline_forms.js").OfflineForm} OfflineForm */

/**
 * @typedef {object} ListMeans
 * @property {import("./offline_forms.js").OfflineForms} forms
 * @property {Record<string, string>} text
 * @property {() => Promise<import("./form_sender.js").Outcome | null>} send
 * @property {() => number} now
 */

const RECEIPTS = 14 * 86400000;

/**
 * What lies on this phone: forms, each with its state, and pages that open without a network.
 *
 * [data-forms] the list of forms      [data-none] shown when there is none       [data-taken] the list of pages
 * [data-page=URL] a page that may be taken along, [data-when] inside says since when it is here
 * [data-take] takes all of them       [data-leave] removes all pages             [data-elsewhere] this page stands for another
 * [data-leaving] asked at sign-out: [data-stay] leaves the forms here, [data-remove] removes them
 * data-home: the address of this page; data-text-*: all that is said here and of forms (scripts/offline_sentences.js)
 * @param {HTMLElement} root
 * @param {string} person
 * @param {ListMeans} means
 */
export function startOfflineList(root, person, { forms, text, send, now }) {
  const { home } = words(root);
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  let signIn = false;

  /** @param {OfflineForm} form */
  const remove = async (form) => {
    if (form.state === "arrived" || confirm(text.textSure)) {
      await forms.change(form.id, () => null);
      showForms();
    }
  };

  /** @param {OfflineForm} form */
  const rowOf = (form) => {
    const row = element("li", "", "");
    const grow = element("span", "grow", "");
    const title = element("a", "", form.title);
    title.href = form.page;
    grow.appendChild(title);
    grow.appendChild(document.createElement("br"));
    grow.appendChild(element("span", "small", `${stateWords(text, form, signIn)} `));
    if (signIn && form.state === "waiting") {
      grow.appendChild(signInLink(text.textSigninLink));
    }
    grow.appendChild(typedWords(text.textTyped, form));
    row.appendChild(grow);
    if (form.state !== "sending") {
      row.appendChild(plainButton(text.textRemove, form.title, () => remove(form)));
    }
    return row;
  };

  const showForms = async () => {
    const own = (await forms.all()).filter((form) => form.person === person);
    const list = part("[data-forms]");
    list.textContent = "";
    own.sort((one, two) => two.order - one.order).forEach((form) => list.appendChild(rowOf(form)));
    part("[data-none]").hidden = own.length > 0;
    list.hidden = !own.length;
  };

  const showPages = async () => {
    const kept = await keptPages();
    const lines = all("[data-page]", root);
    lines.forEach((line) => {
      const found = kept.find((page) => page.address === words(line).page);
      const when = /** @type {HTMLElement} */ (line.querySelector("[data-when]"));
      when.textContent = found ? text.textHere.replace("{}", found.when) : text.textUnkeptPage;
    });
    const named = lines.map((line) => words(line).page);
    const list = part("[data-taken]");
    all("[data-more]", list).forEach((node) => node.remove());
    kept
      .filter((page) => !named.includes(page.address) && page.address !== home)
      .forEach((page) => {
        const line = element("li", "", "");
        const link = element("a", "", new DOMParser().parseFromString(page.title, "text/html").body.textContent || "");
        const grow = element("span", "grow", "");
        link.href = page.address;
        line.dataset.more = "";
        grow.appendChild(link);
        grow.appendChild(document.createElement("br"));
        grow.appendChild(element("span", "small muted num", text.textHere.replace("{}", page.when)));
        line.appendChild(grow);
        list.appendChild(line);
      });
    list.hidden = !list.children.length;
    part("[data-leave]").hidden = !kept.length;
  };

  const take = async () => {
    const button = /** @type {HTMLButtonElement} */ (part("[data-take]"));
    const result = part("[data-result]");
    button.disabled = true;
    result.textContent = text.textTaking;
    let outcome = "kept";
    for (const line of all("[data-page]", root)) {
      const found = (await keepPage(words(line).page)).outcome;
      outcome = found === "kept" || found === "refused" ? outcome : found;
      await showPages();
    }
    const said = /** @type {Record<string, string>} */ ({
      kept: text.textTaken,
      lost: text.textLost,
      full: text.textFull,
    });
    result.textContent = said[outcome];
    button.disabled = false;
  };

  const leave = async () => {
    await forgetPages();
    showPages();
  };

  /** @param {boolean} removing */
  const signOut = async (removing) => {
    const left = unsentOf(await forms.all(), person);
    if (removing && left.length && !confirm(text.textSure)) {
      return;
    }
    for (const form of removing ? left : []) {
      await forms.change(form.id, () => null);
    }
    await leave();
    /** @type {HTMLFormElement} */ (part("form[action^='/keluar']")).submit();
  };

  const dispatch = async () => {
    signIn = (await send()) === "signIn";
    showForms();
  };

  /** A receipt is no text: it goes by itself. */
  const tidy = async () => {
    for (const form of await forms.all()) {
      if (form.state === "arrived" && now() - form.at > RECEIPTS) {
        await forms.change(form.id, () => null);
      }
    }
  };

  const asked = () => {
    part("[data-leaving]").hidden = location.hash !== "#keluar";
  };
  addEventListener("hashchange", asked);
  addEventListener("online", dispatch);
  navigator.serviceWorker.addEventListener("message", showForms);
  all("[data-take]", root).forEach((button) => button.addEventListener("click", take));
  part("[data-leave]").addEventListener("click", leave);
  part("[data-stay]").addEventListener("click", () => signOut(false));
  part("[data-remove]").addEventListener("click", () => signOut(true));
  part("[data-elsewhere]").hidden = location.pathname === home;
  part("[data-works]").hidden = false;
  asked();
  tidy().then(dispatch);
  return { showPages };
}
