/*
 * Enhancement only.
 *
 * data-reveal="show|hide"  password: a button beside it shows what was typed
 * data-print               button: prints the page; hidden where nothing would happen
 */

/** @type {NodeListOf<HTMLInputElement>} */
const passwords = document.querySelectorAll("[data-reveal]");
passwords.forEach((input) => {
  const [show, hide] = (input.dataset.reveal || "").split("|");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = show;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? show : hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
  input.insertAdjacentElement("afterend", button);
});

/** @type {NodeListOf<HTMLButtonElement>} */
const printers = document.querySelectorAll("[data-print]");
printers.forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
