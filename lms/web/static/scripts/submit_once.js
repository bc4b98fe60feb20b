import { all, allowAnotherPress, element, forms, words } from "./dom.js";

/**
 * Say something where the press was: in the bar that stays in sight, else at the end of the form.
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function tell(form, text) {
  const note = form.querySelector("[data-told]") || element("p", "notice warning", "");
  note.setAttribute("data-told", "");
  note.setAttribute("role", "alert");
  note.textContent = text;
  (form.querySelector(".foot") || form).appendChild(note);
  note.scrollIntoView({ block: "nearest" });
}

/** One press is one request; without signal nothing is sent and nothing typed is lost. */
export function submitOnce() {
  forms("form[method=post]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent || event.defaultPrevented) {
        event.preventDefault();
      } else if (!navigator.onLine) {
        event.preventDefault();
        tell(form, words(document.body).textOffline);
      } else {
        form.dataset.sent = "1";
        all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
      }
    });
  });
  addEventListener("online", () => all("[data-told]").forEach((note) => note.remove()));
  addEventListener("pageshow", () => forms("form[data-sent]").forEach(allowAnotherPress));
}
