/**
 * Elements inside `root` that match the selector, in the order of the page.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
export function all(selector, root) {
  return Array.from((root || document).querySelectorAll(selector));
}

/**
 * Forms of the page that match the selector.
 * @param {string} selector
 * @returns {HTMLFormElement[]}
 */
export function forms(selector) {
  return /** @type {HTMLFormElement[]} */ (all(selector));
}

/**
 * The `data-` attributes of an element whose template always writes them.
 * @param {HTMLElement} node
 * @returns {Record<string, string>}
 */
export function words(node) {
  return /** @type {Record<string, string>} */ (node.dataset);
}

/**
 * What a named field of a form holds now.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {string}
 */
export function fieldValue(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;
}

/**
 * A new element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/**
 * Let a form be sent again after a press that sent nothing.
 * @param {HTMLFormElement} form
 */
export function allowAnotherPress(form) {
  delete form.dataset.sent;
  all("button", form).forEach((button) => button.removeAttribute("aria-disabled"));
}
