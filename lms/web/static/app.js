/* Imbas: enhancement only; every page works without this file. ES2017, no library.
   data-once          form: a second press does nothing until the page is shown again (default for POST forms)
   data-poll=URL      asks until {"done": true}, then reloads; a <progress> inside follows value, max and text
   data-until, data-now (epoch ms of the server) on an element with data-countdown: minutes left by the server's clock
   data-keys          form: 0-4 choose a level, A all of a criterion, J K move, C comment, Enter sends, U undoes
   data-phrase        a sentence inside such a form: a press adds it to the comment (data-comment)
   data-focus         takes the focus when the page opens (error summary) */
(function () {
  "use strict";
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var wait = function (ms) { return new Promise(function (done) { setTimeout(done, ms); }); };

  all("[data-focus]").slice(0, 1).forEach(function (node) { node.focus(); });

  /* said where the press was: in the bar that stays in sight, else at the end of the form */
  var tell = function (form, words) {
    var note = form.querySelector("[data-told]") || document.createElement("p");
    note.dataset.told = ""; note.className = "notice warning"; note.setAttribute("role", "alert"); note.textContent = words;
    (form.querySelector(".foot") || form).appendChild(note);
    note.scrollIntoView({ block: "nearest" });
  };

  /* one press is one request; without signal nothing is sent and nothing typed is lost */
  all("form[method=post]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent || event.defaultPrevented) { event.preventDefault(); return; }
      if (!navigator.onLine) { event.preventDefault(); tell(form, document.body.dataset.textOffline); return; }
      form.dataset.sent = "1";
      all("button", form).forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
    });
  });
  addEventListener("online", function () { all("[data-told]").forEach(function (note) { note.remove(); }); });
  addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      all("button", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  /* a draft is let go when the server has answered to its key (saving.js keeps it) */
  try {
    var done = (/(?:^|; )(?:__Secure-)?imbas_done=([^;]*)/.exec(document.cookie) || [])[1];
    Object.keys(localStorage).forEach(function (name) {
      if (done && /^imbas:\d*:keep:/.test(name) && JSON.parse(localStorage.getItem(name)).key === done) { localStorage.removeItem(name); }
    });
  } catch (e) { /* a phone that refuses storage keeps no drafts */ }

  /* waiting for the worker */
  all("[data-poll]").forEach(function (node) {
    var ask = function (pause) {
      fetch(node.dataset.poll, { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) { return answer.json(); })
        .then(function (data) {
          var bar = node.querySelector("progress"), text = node.querySelector("[data-poll-text]");
          if (bar && data.max) { bar.max = data.max; bar.value = data.value; }
          if (text && data.text) { text.textContent = data.text; }
          if (data.done) { location.reload(); return null; }
          return wait(pause).then(function () { return ask(Math.min(pause * 1.2, 5000)); });
        })
        .catch(function () { return wait(5000).then(function () { return ask(1000); }); });
    };
    wait(300).then(function () { return ask(Number(node.dataset.pollEvery || 700)); });
  });

  /* the server's clock, whatever the phone's says */
  all("[data-countdown]").forEach(function (node) {
    var left = Number(node.dataset.until) - Number(node.dataset.now), start = performance.now();
    var show = function () {
      var minutes = Math.max(0, Math.ceil((left - (performance.now() - start)) / 60000));
      node.textContent = node.dataset.text.replace("{}", minutes);
      if (minutes > 0) { setTimeout(show, 10000); }
    };
    show();
  });

  /* the grading desk by keys */
  all("form[data-keys]").forEach(function (form) {
    var rows = all("[data-criterion]", form), at = 0;
    var go = function (to) { at = Math.max(0, Math.min(rows.length - 1, to)); var first = rows[at].querySelector("input"); if (first) { first.focus(); rows[at].scrollIntoView({ block: "nearest" }); } };
    var comment = function () { return ((rows[at] && rows[at].closest("aside")) || form).querySelector("[data-comment]"); };
    all("[data-phrase]", form).forEach(function (line) {
      var press = document.createElement("button");
      press.type = "button"; press.className = "plain"; press.textContent = line.textContent;
      press.addEventListener("click", function () { var note = comment(); note.value = (note.value.trim() + " " + press.textContent).trim(); note.dispatchEvent(new Event("input", { bubbles: true })); });
      line.textContent = ""; line.appendChild(press);
    });
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && !/radio|checkbox/.test(event.target.type))) { return; }
      rows.forEach(function (row, index) { if (row.contains(event.target)) { at = index; } });
      if (/^[0-9]$/.test(event.key)) {
        var choice = rows[at] && rows[at].querySelector('[data-level="' + event.key + '"]');
        if (choice) { if (choice.type === "checkbox") { choice.checked = !choice.checked; } else { choice.checked = true; go(at + 1); } choice.dispatchEvent(new Event("input", { bubbles: true })); event.preventDefault(); }
      } else if (event.key === "a" || event.key === "A") {
        var levels = rows[at] ? all("[data-level]", rows[at]) : [], boxes = levels.filter(function (level) { return level.type === "checkbox"; });
        var best = boxes.length ? boxes : levels.sort(function (one, two) { return two.dataset.level - one.dataset.level; }).slice(0, 1);
        best.forEach(function (level) { level.checked = true; level.dispatchEvent(new Event("input", { bubbles: true })); });
        if (best.length) { go(at + 1); }
      } else if ((event.key === "c" || event.key === "C") && comment()) { comment().focus(); event.preventDefault(); } else if (event.key === "j" || event.key === "J") { go(at + 1); } else if (event.key === "k" || event.key === "K") { go(at - 1); } else if (event.key === "u" || event.key === "U") { var undo = document.querySelector("[data-undo]"); if (undo) { undo.click(); } } else if (event.key === "Enter" && event.target.tagName !== "BUTTON" && event.target.tagName !== "A") { event.preventDefault(); form.requestSubmit ? form.requestSubmit(form.querySelector("[data-default]")) : form.submit(); }
    });
  });
})();
