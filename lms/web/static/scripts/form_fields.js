import { all } from "./dom.js";

/** @typedef {[string, string]} Field name and value, as a form sends them */

const NOT_TYPED = /^(csrf_token|_key|was|version)$/;

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
    if (typeof value === "string" && !NOT_TYPED.test(name)) {
      found.push([name, value]);
    }
  });
  return found;
}

/**
 * Put typed fields back. A hidden field stays as the page has it, unless it has data-travels: it then says
 * which text the draft was begun from, and goes with the draft.
 * @param {HTMLFormElement} form
 * @param {Field[]} fields
 */
export function refill(form, fields) {
  const inputs = /** @type {HTMLInputElement[]} */ (all("input[name], textarea[name], select[name]", form));
  inputs.forEach((input) => {
    const fixed = /^(hidden|file|submit)$/.test(input.type) && !("travels" in input.dataset);
    if (fixed || NOT_TYPED.test(input.name)) {
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
