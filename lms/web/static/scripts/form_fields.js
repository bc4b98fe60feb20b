import { all } from "./dom.js";

/** @typedef {[string, string]} Field name and value, as a form sends them */

const NOT_TYPED = /^(csrf_token|_key|was|version)$/;

/**
 * Whether a hidden field goes with a draft: it says which text the draft was begun from.
 * @param {Element | RadioNodeList | null} input
 */
const travels = (input) => input instanceof HTMLElement && "travels" in input.dataset;

/**
 * Whether a person types into this field: no files, no keys of the server.
 * @param {HTMLInputElement} input
 */
export function isTyped(input) {
  return Boolean(input.name) && !NOT_TYPED.test(input.name) && input.type !== "file";
}

/**
 * What was typed into a form.
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
export function typedFields(form) {
  /** @type {Field[]} */
  const found = [];
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string" && (!NOT_TYPED.test(name) || travels(form.elements.namedItem(name)))) {
      found.push([name, value]);
    }
  });
  return found;
}

/**
 * Put typed fields back. A hidden field stays as the page has it, unless it has data-travels: it then
 * goes with the draft.
 * @param {HTMLFormElement} form
 * @param {Field[]} fields
 */
export function refill(form, fields) {
  const inputs = /** @type {HTMLInputElement[]} */ (all("input[name], textarea[name], select[name]", form));
  inputs.forEach((input) => {
    const fixed = /^(hidden|file|submit)$/.test(input.type) || NOT_TYPED.test(input.name);
    if (fixed && !travels(input)) {
      return;
    }
    const values = fields.filter((field) => field[0] === input.name).map((field) => field[1]);
    if (/^(radio|checkbox)$/.test(input.type)) {
      input.checked = values.includes(input.value);
    } else if (values.length) {
      input.value = values[values.length - 1];
    }
  });
}
