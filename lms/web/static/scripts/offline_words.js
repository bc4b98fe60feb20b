import { element } from "./dom.js";

/** @typedef {import("./offline_forms.js").OfflineForm} OfflineForm */

/**
 * What is true of a form on the phone.
 * @param {Record<string, string>} text data-text-*
 * @param {OfflineForm} form
 * @param {boolean} signIn nobody is signed in
 */
export function stateWords(text, form, signIn) {
  switch (form.state) {
    case "draft":
      return text.textDraft;
    case "waiting":
      if (signIn) {
        return text.textSignin;
      }
      return form.tried ? text.textUnsure : text.textWaiting;
    case "sending":
      return text.textSending;
    case "arrived":
      return text.textArrived.replace("{}", form.arrived || "");
    default:
      return text.textRefused.replace("{}", form.message || text.textOdd);
  }
}

/**
 * What was typed, label by label, to be read and copied; nothing where there is nothing.
 * @param {string} title
 * @param {OfflineForm} form
 */
export function typedWords(title, form) {
  const box = document.createElement("details");
  const list = element("dl", "facts", "");
  form.words.forEach((pair) => {
    list.appendChild(element("dt", "", pair[0]));
    list.appendChild(element("dd", "", pair[1]));
  });
  box.appendChild(element("summary", "", title));
  box.appendChild(list);
  box.hidden = !form.words.length;
  return box;
}
