import { all, element, words } from "./dom.js";
import { refill } from "./form_fields.js";
import { entriesOf, readable } from "./offline_fields.js";
import { placeOf } from "./offline_forms.js";
import { formNotice } from "./offline_notice.js";
import { stateWords } from "./offline_words.js";
import { plainButton } from "./plain_button.js";
import { signInLink } from "./sign_in_link.js";

/** @typedef {import("./offline_forms.js").OfflineForm} OfflineForm */

/**
 * @typedef {object} FormMeans
 * @property {import("./offline_forms.js").OfflineForms} forms
 * @property {Record<string, string>} text
 * @property {() => number} now
 * @property {() => string} newKey
 * @property {() => Promise<import("./form_sender.js").Outcome | null>} send
 */

const TYPING = 150;
const PAUSE = 20000;

/**
 * A form that is kept on the phone as it is typed, queued by a press, and sent by the service worker. Its page may be closed.
 *
 * data-offline=NAME  which form: what is kept under the name is shown again    data-title  what people call it
 * [data-offline-state] inside: says where it is
 * @param {HTMLFormElement} form
 * @param {string} person
 * @param {FormMeans} means
 */
export function startOfflineForm(form, person, { forms, text, now, newKey, send }) {
  const { offline, title } = words(form);
  const id = placeOf(person, offline);
  const box = /** @type {HTMLElement} */ (form.querySelector("[data-offline-state]"));
  /** @type {OfflineForm | undefined} */
  let mine;
  let signIn = false;
  let restored = false;
  let shown = "";
  let typing = 0;
  let retry = 0;
  /** @type {HTMLButtonElement | null} */
  let pressed = null;

  /** @returns {OfflineForm} */
  const fresh = () => ({
    id,
    key: newKey(),
    person,
    name: offline,
    title,
    page: location.pathname + location.search,
    action: new URL(form.action).pathname,
    fields: [],
    words: [],
    state: "draft",
    order: 0,
    at: 0,
  });

  /** What waits is not typed in. @param {boolean} locked */
  const lock = (locked) => {
    const fields = /** @type {HTMLInputElement[]} */ (all("input, select, textarea, button", form));
    fields
      .filter((field) => !box.contains(field) && field.type !== "hidden")
      .filter((field) => (locked ? !field.disabled : "locked" in field.dataset))
      .forEach((field) => {
        field.disabled = locked;
        if (locked) {
          field.dataset.locked = "";
        } else {
          delete field.dataset.locked;
        }
      });
  };

  /** @param {OfflineForm} row */
  const actions = (row) => {
    if (row.state === "waiting" && signIn) {
      return signInLink(text.textSigninLink);
    }
    if (row.state === "waiting" && !row.tried) {
      return plainButton(text.textChange, row.title, async () => {
        await forms.change(id, (kept) => (kept && kept.state === "waiting" && !kept.tried ? asDraft(kept) : undefined));
        look();
      });
    }
    return null;
  };
  /**
   * @param {OfflineForm} kept
   * @returns {OfflineForm}
   */
  const asDraft = (kept) => Object.assign({}, kept, { state: "draft" });

  /**
   * @param {string} name
   * @param {File} file
   */
  const dropFile = async (name, file) => {
    /** @param {import("./offline_forms.js").Entry} entry */
    const isIt = (entry) => entry[0] === name && typeof entry[1] !== "string" && entry[1].name === file.name;
    all("input[type=file]", form).forEach((node) => {
      const input = /** @type {HTMLInputElement} */ (node);
      input.value = input.name === name ? "" : input.value;
    });
    await forms.change(id, (kept) =>
      kept && /draft|refused/.test(kept.state)
        ? Object.assign({}, kept, { fields: kept.fields.filter((entry) => !isIt(entry)) })
        : undefined,
    );
    look();
  };

  /**
   * @param {OfflineForm | undefined} row
   * @param {string} [sentence] instead of what its state says
   */
  const show = (row, sentence) => {
    const now = JSON.stringify([
      row && [row.state, row.tried, row.message, row.faults, row.fields.length, row.arrived],
      sentence,
      signIn,
    ]);
    if (now === shown) {
      return; // a screen reader says it once
    }
    shown = now;
    box.textContent = "";
    lock(Boolean(row && /waiting|sending/.test(row.state)));
    if (!row) {
      return;
    }
    const words = sentence || stateWords(text, row, signIn);
    box.appendChild(formNotice(form, text, row, words, sentence === text.textUnkept, actions(row), dropFile));
  };

  /** Put what is kept into the fields. @param {OfflineForm} row */
  const fill = (row) => {
    /** @type {[string, string][]} */
    const typed = [];
    row.fields.forEach((entry) => {
      if (typeof entry[1] === "string") {
        typed.push([entry[0], entry[1]]);
      } else {
        const input = form.elements.namedItem(entry[0]);
        if (input instanceof HTMLInputElement) {
          input.required = false; // it is here already
        }
      }
    });
    refill(form, typed);
  };

  /** What the phone holds now: another tab or the service worker may have changed it. @param {boolean} [opening] */
  const look = async (opening) => {
    const all = await forms.all();
    const before = mine;
    mine = all.find((row) => row.id === id);
    if (mine) {
      if (!before || before.at !== mine.at) {
        fill(mine);
      }
      restored = restored || (opening === true && mine.state === "draft");
      show(mine, restored && mine.state === "draft" ? text.textAgain : "");
      return;
    }
    const arrived = all.filter((row) => row.state === "arrived" && row.person === person && row.name === offline);
    if (before && navigator.onLine) {
      location.reload(); // the page shows what the server has now
    } else if (before) {
      form.reset();
    }
    show(arrived.sort((one, two) => two.order - one.order)[0]);
  };

  /** @param {OfflineForm} row of a field that the page no longer has, the text stays to be copied */
  const stillReadable = (row) => {
    const typed = readable(form);
    const labels = typed.map((pair) => pair[0]);
    const names = all("[name]", form).map((node) => /** @type {HTMLInputElement} */ (node).labels);
    const present = names.map((found) => found && found[0] && (found[0].textContent || "").replace(/\s+/g, " ").trim());
    return typed.concat(row.words.filter((pair) => !labels.includes(pair[0]) && !present.includes(pair[0])));
  };

  /**
   * Keep what the form holds now.
   * @param {Partial<OfflineForm>} [more]
   * @returns {Promise<boolean>} whether the phone has it
   */
  const keep = async (more) => {
    clearTimeout(typing);
    restored = false;
    const entries = await entriesOf(form, pressed);
    const chosen = entries.filter((entry) => typeof entry[1] !== "string").map((entry) => entry[0]);
    const done = await forms.change(id, (kept) => {
      const row = kept || fresh();
      if (!/draft|refused/.test(row.state)) {
        return undefined;
      }
      const files = row.fields.filter((entry) => typeof entry[1] !== "string" && !chosen.includes(entry[0]));
      const key = more && row.state === "refused" ? newKey() : row.key;
      return Object.assign({}, row, { key, fields: entries.concat(files), words: stillReadable(row), at: now() }, more);
    });
    if (done.kept) {
      mine = done.form;
      show(mine);
    } else {
      show(mine || fresh(), text.textUnkept);
    }
    return done.kept;
  };

  const dispatch = async () => {
    clearTimeout(retry);
    const outcome = await send();
    signIn = outcome === "signIn";
    await look();
    if (mine && /waiting|sending/.test(mine.state)) {
      retry = setTimeout(dispatch, PAUSE);
    }
  };

  const submit = async () => {
    const order = Math.max(0, ...(await forms.all()).map((row) => row.order)) + 1;
    const kept = await keep({ state: "waiting", order, message: "", faults: {}, tries: 0 });
    box.scrollIntoView({ block: "nearest" });
    if (kept) {
      dispatch();
    } else if (navigator.onLine) {
      if (pressed && pressed.name) {
        const choice = element("input", "", "");
        Object.assign(choice, { type: "hidden", name: pressed.name, value: pressed.value });
        form.appendChild(choice);
      }
      form.submit(); // a phone that keeps nothing sends as it always did
    }
  };

  form.addEventListener("input", (event) => {
    const { type } = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(typing);
    typing = setTimeout(keep, /radio|checkbox|select|file/.test(type) ? 0 : TYPING);
  });
  form.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    pressed = button && button.type === "submit" ? button : pressed;
  });
  // before any other listener: no press of this form leaves the page by itself
  addEventListener(
    "submit",
    (event) => {
      if (event.target === form) {
        event.preventDefault();
        submit();
      }
    },
    true,
  );
  addEventListener("online", dispatch);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") {
      look();
    } else if (mine && /draft|refused/.test(mine.state)) {
      keep();
    }
  });
  navigator.serviceWorker.addEventListener("message", () => look());
  look(true).then(() => {
    if (mine && /waiting|sending/.test(mine.state)) {
      dispatch();
    }
  });
}
