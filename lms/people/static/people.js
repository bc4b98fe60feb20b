/* Enhancement only: "Tampilkan" beside a password (data-reveal="text|other text"), and a print button (data-print). */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-reveal]"), function (input) {
    var words = input.dataset.reveal.split("|"), button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = words[0];
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", function () {
      var shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.textContent = words[shown ? 0 : 1];
      button.setAttribute("aria-pressed", String(!shown));
    });
    input.insertAdjacentElement("afterend", button);
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
