import { all } from "./dom.js";
import { shrink } from "./photos.js";

/** @typedef {import("./offline_forms.js").Entry} Entry */

const OF_THE_SERVER = /^(csrf_token|_key)$/;
/** @type {WeakMap<File, File>} */
const small = new WeakMap();

/** @param {File} file */
const shrunk = async (file) => {
  const found = small.get(file) || (await shrink(file));
  small.set(file, found);
  return found;
};

/**
 * All that a form would send but for the server's token and key, photos made small.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement | null} pressed
 * @returns {Promise<Entry[]>}
 */
export async function entriesOf(form, pressed) {
  /** @type {Entry[]} */
  const found = [];
  new FormData(form).forEach((value, name) => {
    if (!OF_THE_SERVER.test(name) && (typeof value === "string" || value.size)) {
      found.push([name, value]);
    }
  });
  if (pressed && pressed.name) {
    found.push([pressed.name, pressed.value]);
  }
  return Promise.all(
    found.map(async (entry) =>
      typeof entry[1] === "string" ? entry : /** @type {Entry} */ ([entry[0], await shrunk(entry[1])]),
    ),
  );
}

/**
 * The label of a field, without its hint.
 * @param {HTMLInputElement} input
 */
const labelOf = (input) => {
  const label = input.labels && input.labels[0];
  return ((label && label.textContent) || input.getAttribute("aria-label") || input.name).replace(/\s+/g, " ").trim();
};

/** @param {HTMLInputElement} input */
const wordsOf = (input) => {
  if (/^(radio|checkbox)$/.test(input.type)) {
    const group = input.closest("fieldset");
    const legend = group && group.querySelector("legend");
    return [((legend && legend.textContent) || input.name).replace(/\s+/g, " ").trim(), labelOf(input)];
  }
  const select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (input));
  const chosen = select.selectedOptions && select.selectedOptions[0];
  return [labelOf(input), chosen ? chosen.textContent || "" : input.value];
};

/**
 * What was typed and chosen, as people read it.
 * @param {HTMLFormElement} form
 * @returns {[string, string][]}
 */
export function readable(form) {
  const inputs = /** @type {HTMLInputElement[]} */ (all("input[name], textarea[name], select[name]", form));
  return inputs
    .filter((input) => !/^(hidden|file|submit)$/.test(input.type))
    .filter((input) => (/^(radio|checkbox)$/.test(input.type) ? input.checked : input.value.trim()))
    .map((input) => /** @type {[string, string]} */ (wordsOf(input)));
}
