import { element } from "./dom.js";

/**
 * A button that looks like a link; `about` completes its name for those who do not see the row.
 * @param {string} text
 * @param {string} about
 * @param {() => void} press
 * @returns {HTMLButtonElement}
 */
export function plainButton(text, about, press) {
  const button = element("button", "plain", text);
  button.type = "button";
  if (about) {
    button.setAttribute("aria-label", `${text} ${about}`);
  }
  button.addEventListener("click", press);
  return button;
}
