import { element } from "./dom.js";
import { typedWords } from "./offline_words.js";
import { plainButton } from "./plain_button.js";

/** @typedef {import("./offline_forms.js").OfflineForm} OfflineForm */

const TONES = { draft: "info", waiting: "info", sending: "info", refused: "error", arrived: "ok" };

/**
 * What the server said of single fields, each leading to its field.
 * @param {HTMLFormElement} form
 * @param {OfflineForm} row
 */
const faultsOf = (form, row) => {
  const list = document.createElement("ul");
  Object.entries(row.faults || {}).forEach((pair) => {
    if (pair[1] !== row.message) {
      const field = form.elements.namedItem(pair[0]);
      const link = element("a", "", pair[1]);
      link.href = `#${(field && /** @type {HTMLElement} */ (field).id) || pair[0]}`;
      list.appendChild(document.createElement("li")).appendChild(link);
    }
  });
  list.hidden = !list.children.length;
  return list;
};

/**
 * Photos that were chosen, also before the page was closed: no page can put them back into its fields.
 * @param {Record<string, string>} text
 * @param {OfflineForm} row
 * @param {(name: string, file: File) => void} drop
 */
const filesOf = (text, row, drop) => {
  const list = element("ul", "files", "");
  row.fields.forEach((entry) => {
    const [name, file] = entry;
    if (typeof file !== "string") {
      const line = element("li", "", "");
      line.appendChild(element("span", "grow", `${text.textFile} ${file.name}`));
      if (/draft|refused/.test(row.state)) {
        line.appendChild(plainButton(text.textDrop, file.name, () => drop(name, file)));
      }
      list.appendChild(line);
    }
  });
  list.hidden = !list.children.length;
  return list;
};

/**
 * Where a form is, what was refused of it, and which photos are with it.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} text
 * @param {OfflineForm} row
 * @param {string} sentence
 * @param {boolean} bad it is in danger
 * @param {HTMLElement | null} action a link or button that follows the sentence
 * @param {(name: string, file: File) => void} drop
 */
export function formNotice(form, text, row, sentence, bad, action, drop) {
  const note = element("div", `notice ${bad ? "error" : TONES[row.state]}`, "");
  const line = element("p", "", `${sentence} `);
  if (action) {
    line.appendChild(action);
  }
  note.appendChild(line);
  note.appendChild(faultsOf(form, row));
  note.appendChild(filesOf(text, row, drop));
  if (row.state === "refused") {
    note.appendChild(typedWords(text.textTyped, row));
  }
  return note;
}
