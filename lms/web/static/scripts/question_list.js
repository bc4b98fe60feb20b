import { all } from "./dom.js";
import { typedFields } from "./form_fields.js";

/**
 * Keep the list of questions true while one is answered: the page was made before.
 * data-question-list  the list, whose button of the question shown has data-answered and data-unanswered, its labels
 * data-count          "3/18" beside it
 * @param {HTMLFormElement} form
 */
export function followAnswers(form) {
  const here = form.querySelector("[data-question-list] [data-answered]");
  const count = form.querySelector("[data-count]");
  if (!(here instanceof HTMLElement) || !count) {
    return;
  }
  form.addEventListener("input", () => {
    const says = typedFields(form).some((field) => /^q\d/.test(field[0]) && field[1].trim() !== "");
    const { answered, unanswered } = here.dataset;
    here.classList.toggle("answered", says);
    here.setAttribute("aria-label", (says ? answered : unanswered) || "");
    const buttons = all("[data-question-list] button", form);
    count.textContent = `${buttons.filter((button) => button.classList.contains("answered")).length}/${buttons.length}`;
  });
}
