import { fieldValue, words } from "./dom.js";
import { draftStore } from "./drafts.js";
import { refill, typedFields } from "./form_fields.js";

/**
 * Keep a long form on the phone until the server has answered to its key (`forgetArrivedForm`).
 * With data-keep-now, the page's own fields count and not those kept: a refused form is shown again.
 * @param {HTMLFormElement} form with data-keep and data-text-kept; [data-kept-line] says that fields were put back
 * @param {import("./drafts.js").StorageSource} storage
 * @param {string} person
 */
export function keepForm(form, storage, person) {
  const text = words(form);
  const draft = draftStore(storage, person, `keep:${text.keep}`);
  const { fields } = draft.read();
  const note = () => {
    draft.update({ fields: typedFields(form), key: fieldValue(form, "_key") });
  };
  if ("keepNow" in text) {
    note();
  } else if (fields) {
    refill(form, fields);
    const line = form.querySelector("[data-kept-line]");
    if (line) {
      line.className = "save local";
      line.textContent = text.textKept;
    }
  }
  form.addEventListener("input", note);
  form.addEventListener("submit", note);
}
