/* Imbas: enhancement only; every page works without this file. ES2017, no library.
   data-once          form: a second press does nothing until the page is shown again (default for POST forms)
   data-autosave=URL  form: changed fields are sent as they are given; the save line tells the truth.
                      data-draft=KEY keeps unsent fields on the phone; texts: data-text-saving, -saved, -local, -unsaved, -signin
   data-poll=URL      asks until {"done": true}, then reloads; a <progress> inside follows value, max and text
   data-until, data-now (epoch ms of the server) on an element with data-countdown: minutes left by the server's clock
   data-shrink        file input: photos are made smaller before they are sent
   data-keys          form: 0-4 choose a level, J K move, Enter sends, U undoes
   data-focus         takes the focus when the page opens (error summary) */
(function () {
  "use strict";
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var wait = function (ms) { return new Promise(function (done) { setTimeout(done, ms); }); };

  all("[data-focus]").slice(0, 1).forEach(function (node) { node.focus(); });

  /* one press is one request */
  all("form[method=post]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      all("button", form).forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
    });
  });
  addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      all("button", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  /* answers: sent as they are given, kept on the phone until the server has said so */
  all("form[data-autosave]").forEach(function (form) {
    var line = document.querySelector("[data-save-line]"), key = "imbas:" + form.dataset.draft, timer = 0, busy = false, again = false, pause = 1000;
    var skip = { csrf_token: 1, _key: 1 };
    var say = function (kind, text) { if (line) { line.className = "save " + kind; line.textContent = text; } };
    var read = function () { try { return JSON.parse(localStorage.getItem(key) || "{}"); } catch (e) { return {}; } };
    var store = function (draft) { try { if (Object.keys(draft).length) { localStorage.setItem(key, JSON.stringify(draft)); } else { localStorage.removeItem(key); } return true; } catch (e) { return false; } };
    var values = function (name) { return new FormData(form).getAll(name).filter(function (value) { return typeof value === "string"; }); };
    var restore = function () {
      var draft = read();
      Object.keys(draft).forEach(function (name) {
        all("[name]", form).filter(function (input) { return input.name === name; }).forEach(function (input) {
          if (input.type === "radio" || input.type === "checkbox") { input.checked = draft[name].v.indexOf(input.value) >= 0; } else { input.value = draft[name].v[0] || ""; }
        });
      });
      if (Object.keys(draft).length) { send(); }
    };
    var note = function (name) {
      var draft = read();
      draft[name] = { v: values(name), at: Date.now() + Math.random() };
      return store(draft);
    };
    var body = function (draft) {
      var data = new URLSearchParams();
      data.append("csrf_token", form.elements.csrf_token.value);
      Object.keys(draft).forEach(function (name) { (draft[name].v.length ? draft[name].v : [""]).forEach(function (value) { data.append(name, value); }); });
      return data;
    };
    var send = function () {
      clearTimeout(timer);
      if (busy) { again = true; return; }
      var draft = read();
      if (!Object.keys(draft).length) { return; }
      busy = true;
      say("saving", form.dataset.textSaving);
      fetch(form.dataset.autosave, { method: "POST", body: body(draft), headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value }, credentials: "same-origin" })
        .then(function (answer) { return answer.json().then(function (data) { return [answer.status, data]; }); })
        .then(function (pair) {
          var status = pair[0], data = pair[1];
          if (status === 200) {
            var later = read();
            Object.keys(draft).forEach(function (name) { if (later[name] && later[name].at === draft[name].at) { delete later[name]; } });
            store(later); pause = 1000;
            if (!Object.keys(later).length) { say("", form.dataset.textSaved + " " + data.saved_at); } else { again = true; }
          } else if (status === 401) { say("local", form.dataset.textSignin); pause = 30000; } else if (status === 409 || status === 403) { say("unsaved", data.message); pause = 0; } else { say("local", data.message || form.dataset.textLocal); retry(); }
        })
        .catch(function () { say("local", form.dataset.textLocal); retry(); })
        .then(function () { busy = false; if (again) { again = false; send(); } });
    };
    var retry = function () { pause = Math.min(pause * 2, 60000); clearTimeout(timer); timer = setTimeout(send, pause); };
    form.addEventListener("input", function (event) {
      var input = event.target;
      if (!input.name || skip[input.name] || input.type === "file") { return; }
      var kept = note(input.name);
      say(kept ? "saving" : "unsaved", kept ? form.dataset.textSaving : form.dataset.textUnsaved);
      clearTimeout(timer);
      timer = setTimeout(send, /radio|checkbox|select/.test(input.type) ? 0 : 600);
    });
    form.addEventListener("submit", function () { clearTimeout(timer); });
    addEventListener("online", send);
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden" && Object.keys(read()).length) { navigator.sendBeacon(form.dataset.autosave, body(read())); } else { send(); }
    });
    restore();
  });

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

  /* photos: at most 1600 pixels, so that they travel */
  all("input[type=file][data-shrink]").forEach(function (input) {
    input.addEventListener("change", function () {
      if (!self.DataTransfer || !self.createImageBitmap) { return; }
      var jobs = Array.prototype.map.call(input.files, function (file) {
        if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 400000) { return file; }
        return createImageBitmap(file).then(function (bitmap) {
          var share = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height)), canvas = document.createElement("canvas");
          canvas.width = Math.round(bitmap.width * share); canvas.height = Math.round(bitmap.height * share);
          canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
          return new Promise(function (done) { canvas.toBlob(function (blob) { done(blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file); }, "image/jpeg", 0.8); });
        }).catch(function () { return file; });
      });
      Promise.all(jobs).then(function (files) {
        var basket = new DataTransfer();
        files.forEach(function (file) { basket.items.add(file); });
        input.files = basket.files;
      });
    });
  });

  /* the grading desk by keys */
  all("form[data-keys]").forEach(function (form) {
    var rows = all("[data-criterion]", form), at = 0;
    var go = function (to) { at = Math.max(0, Math.min(rows.length - 1, to)); var first = rows[at].querySelector("input"); if (first) { first.focus(); rows[at].scrollIntoView({ block: "nearest" }); } };
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && !/radio|checkbox/.test(event.target.type))) { return; }
      rows.forEach(function (row, index) { if (row.contains(event.target)) { at = index; } });
      if (/^[0-9]$/.test(event.key)) {
        var choice = rows[at] && rows[at].querySelector('[data-level="' + event.key + '"]');
        if (choice) { if (choice.type === "checkbox") { choice.checked = !choice.checked; } else { choice.checked = true; go(at + 1); } event.preventDefault(); }
      } else if (event.key === "j" || event.key === "J") { go(at + 1); } else if (event.key === "k" || event.key === "K") { go(at - 1); } else if (event.key === "u" || event.key === "U") { var undo = document.querySelector("[data-undo]"); if (undo) { undo.click(); } } else if (event.key === "Enter" && event.target.tagName !== "BUTTON" && event.target.tagName !== "A") { event.preventDefault(); form.requestSubmit ? form.requestSubmit(form.querySelector("[data-default]")) : form.submit(); }
    });
  });
})();
