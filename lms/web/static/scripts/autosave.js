import { phoneClock } from "./clock.js";
import { allowAnotherPress, element, fieldValue, words } from "./dom.js";
import { draftStore } from "./drafts.js";
import { isTyped, refill, typedFields } from "./form_fields.js";
import { offlineQueue } from "./offline_queue.js";
import { signInLink } from "./sign_in_link.js";

const NEWER = "imbas:newer";
const TYPING = 600;

/**
 * Send a form's changes as they are made; the save line says only what is true.
 *
 * data-autosave=URL  where changes go             data-draft=KEY   name of the draft
 * data-unit=N        the question shown, which always travels whole
 * data-ages          tells how long an answer has waited on the phone, so that it does not replace a later one
 * data-fresh=URL     -> {"at": ms}: when a later answer came from elsewhere, the page shows it; data-at: what it shows
 * data-hand-in       hands in only after everything on the phone has been sent
 * data-href=URL      button: where it leads; when nothing waits to be sent, it is a link and sends nothing
 * data-text-*        saving, saved, local, server, unsaved, signin, signin-link, older, newer, wait, untaken
 * @param {HTMLFormElement} form
 * @param {import("./drafts.js").StorageSource} storage
 * @param {string} person
 */
export function startAutosave(form, storage, person) {
  const text = words(form);
  const unit = text.unit || "";
  const handsIn = "handIn" in text;
  const line = document.querySelector("[data-save-line]");

  /**
   * @param {string} kind
   * @param {string} sentence
   */
  const say = (kind, sentence) => {
    if (line) {
      line.className = `save ${sentence ? kind : "hidden"}`;
      line.textContent = sentence;
    }
  };
  /**
   * @param {string} name
   * @param {import("./offline_queue.js").Draft} draft
   * @param {string} why
   */
  const show = (name, draft, why) => {
    const answers = draft.fields.filter((field) => /^q\d+$/.test(field[0])).map((field) => field[1]);
    const sentence = (name === unit ? "" : `${name}. `) + why;
    const note = element(answers.length ? "details" : "p", "notice warning", answers.length ? "" : sentence);
    if (answers.length) {
      note.appendChild(element("summary", "", sentence));
      note.appendChild(element("p", "", answers.join(" · ")));
    }
    form.insertBefore(note, form.firstChild);
  };
  /** @type {import("./offline_queue.js").QueuePage} */
  const page = {
    saving: () => say("saving", text.textSaving),
    saved: (time) => say("", `${text.textSaved} ${time}`),
    lost: () => say("local", text.textLocal),
    busy: () => say("local", text.textServer),
    refused: (message) => say("unsaved", message || text.textUnsaved),
    over: (name, draft, message) => show(name, draft, message),
    older: (name, draft) => {
      show(name, draft, text.textOlder.replace("{}", String(draft.older)));
      say("", "");
    },
    newer: () => {
      sessionStorage.setItem(NEWER, location.pathname);
      location.reload();
    },
    signIn: () => {
      say("local", `${text.textSignin} `);
      if (line) {
        line.appendChild(signInLink(text.textSigninLink));
      }
    },
  };
  const queue = offlineQueue({
    drafts: draftStore(storage, person, text.draft),
    url: text.autosave,
    fresh: text.fresh,
    at: Number(text.at),
    token: () => fieldValue(form, "csrf_token"),
    ages: "ages" in text,
    fetch: (url, options) => fetch(url, options),
    clock: phoneClock,
    page,
  });

  form.addEventListener("input", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (isTyped(input)) {
      const safe = queue.note(unit, typedFields(form), /radio|checkbox|select/.test(input.type) ? 0 : TYPING);
      say(safe ? "saving" : "unsaved", safe ? text.textSaving : text.textUnsaved);
    }
  });
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    const pending = queue.pending();
    const href = submitter && submitter.dataset.href;
    queue.hold();
    if (href && !pending && !event.defaultPrevented) {
      event.preventDefault();
      location.assign(href);
    } else if (handsIn && (pending || queue.unread())) {
      event.preventDefault();
      allowAnotherPress(form);
      const outcome = await queue.flush();
      if (outcome === "waits") {
        say("local", text.textWait);
      } else if (outcome === "untaken") {
        say("unsaved", text.textUntaken);
      } else if (form.requestSubmit) {
        form.requestSubmit();
      } else {
        form.submit();
      }
    }
  });
  addEventListener("online", () => queue.send());
  addEventListener("pageshow", (event) => {
    const way = /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType("navigation")[0]);
    if (event.persisted || (way && way.type === "back_forward")) {
      queue.look();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      queue.leave((url, body) => navigator.sendBeacon(url, body));
    } else if (queue.pending()) {
      queue.send();
    } else {
      queue.look();
    }
  });

  const open = async () => {
    const kept = queue.reopen();
    const pending = queue.pending();
    const draft = kept[unit];
    if (draft && draft.older) {
      page.older(unit, draft);
    } else if (draft) {
      refill(form, draft.fields);
    }
    if (sessionStorage.getItem(NEWER) === location.pathname) {
      sessionStorage.removeItem(NEWER);
      say("", text.textNewer);
    }
    if (pending) {
      const outcome = await queue.flush();
      if (handsIn && outcome === "untaken") {
        say("unsaved", text.textUntaken);
      } else if (handsIn && outcome === "taken") {
        location.reload();
      }
    }
  };
  open();
  return queue;
}
