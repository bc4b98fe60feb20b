import { element } from "./dom.js";

/**
 * A link to the sign-in page that leads back to this one.
 * @param {string} text
 * @returns {HTMLAnchorElement}
 */
export function signInLink(text) {
  const link = element("a", "", text);
  link.href = `/masuk?next=${encodeURIComponent(location.pathname + location.search)}`;
  return link;
}
