/* Imbas: what is typed is kept on the phone until the server has said that it has it. ES2017, no library.
   data-autosave=URL   form: changes are sent as they are made; the save line says only what is true
     data-draft=KEY    name of the draft; data-unit=N: the question shown, which always travels whole
     data-ages         tells how long an answer has waited on the phone, so that it does not replace a later one
     data-fresh=URL    -> {"at": ms}: when a later answer came from elsewhere, the page shows it; data-at: what it shows
     data-hand-in      hands in only after everything on the phone has been sent
     data-href=URL     button: where it leads; when nothing waits to be sent, it is a link and sends nothing
     data-text-*       saving, saved, local, server, unsaved, signin, older, wait, untaken
   data-keep=KEY       form: typed fields are kept on the phone until the server has answered to its key
     data-keep-now     what the page shows counts, and not what the phone kept (a refused form, shown again)
     data-travels      hidden field: goes with the draft, because it says which text the draft was begun from
   data-time-up        element with data-until and data-now: when the time is up, sends what is left and reloads */
(function () {
  "use strict";
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var person = document.body.dataset.person || "", memory = {}, flushers = [];
  var skip = /^(csrf_token|_key|was|version)$/;

  /* a shared phone: drafts carry whose they are */
  var box = function (name) {
    var key = "imbas:" + person + ":" + name;
    return {
      read: function () { if (memory[key]) { return memory[key]; } try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return {}; } },
      write: function (value) {
        try { if (Object.keys(value).length) { localStorage.setItem(key, JSON.stringify(value)); } else { localStorage.removeItem(key); } delete memory[key]; return true; } catch (e) { memory[key] = value; return false; }
      }
    };
  };
  var typed = function (form) {
    var found = [];
    new FormData(form).forEach(function (value, name) { if (typeof value === "string" && !skip.test(name)) { found.push([name, value]); } });
    return found;
  };
  var refill = function (form, fields) {
    all("input[name], textarea[name], select[name]", form).forEach(function (input) {
      if (skip.test(input.name) || (/^(hidden|file|submit)$/.test(input.type) && !("travels" in input.dataset))) { return; }
      var values = fields.filter(function (field) { return field[0] === input.name; }).map(function (field) { return field[1]; });
      if (/^(radio|checkbox)$/.test(input.type)) { input.checked = values.indexOf(input.value) >= 0; } else if (values.length) { input.value = values[values.length - 1]; }
    });
  };

  all("form[data-autosave]").forEach(function (form) {
    var text = form.dataset, drafts = box(text.draft), line = document.querySelector("[data-save-line]");
    var unit = text.unit || "", timer = 0, busy = null, again = false, pause = 1000, untaken = false;
    var say = function (kind, words, href) {
      if (!line) { return; }
      line.className = "save " + (words ? kind : "hidden"); line.textContent = words;
      if (href) { var link = document.createElement("a"); link.href = href; link.textContent = text.textSigninLink; line.appendChild(document.createTextNode(" ")); line.appendChild(link); }
    };
    var waiting = function (kept) { return Object.keys(kept).filter(function (name) { return !kept[name].older && !kept[name].over; }); };
    var body = function (kept, names) {
      var data = new URLSearchParams();
      data.append("csrf_token", form.elements.csrf_token.value);
      names.forEach(function (name) {
        kept[name].fields.forEach(function (field) { data.append(field[0], field[1]); });
        if ("ages" in text) { data.append("age-" + name, String(Math.max(0, Math.round((Date.now() - kept[name].at) / 1000)))); }
      });
      return data;
    };
    /* what the server did not take is shown, whatever question the page is about: nobody shall believe it was saved */
    var acknowledged = function (sent, names, data) {
      var kept = drafts.read(), older = data.older || {}, taken = true;
      names.forEach(function (name) {
        if (!kept[name] || kept[name].at !== sent[name].at) { return; }
        if (older[name]) { kept[name].older = older[name]; showOlder(kept[name], name); taken = false; } else { delete kept[name]; }
      });
      drafts.write(kept);
      pause = 1000;
      if (data.at) { text.at = String(data.at); }
      if (waiting(kept).length) { again = true; } else if (taken) { say("", text.textSaved + " " + data.saved_at); }
      untaken = untaken || !taken;
    };
    var closed = function (sent, names, words) {
      var kept = drafts.read();
      names.forEach(function (name) { if (kept[name] && kept[name].at === sent[name].at) { kept[name].over = true; show(words, kept[name], name); } });
      drafts.write(kept);
      untaken = true;
      say("unsaved", words);
    };
    var send = function () {
      clearTimeout(timer);
      if (busy) { again = true; return busy; }
      var kept = drafts.read(), names = waiting(kept);
      if (!names.length) { return Promise.resolve(); }
      say("saving", text.textSaving);
      busy = fetch(text.autosave, { method: "POST", body: body(kept, names), headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) { return answer.json().catch(function () { return {}; }).then(function (data) { return [answer, data]; }); })
        .then(function (pair) {
          var status = pair[0].status, data = pair[1];
          if (status === 200) { acknowledged(kept, names, data); } else if (status === 409) { closed(kept, names, data.message); } else if (status === 401 || status === 400) { say("local", text.textSignin, "/masuk?next=" + encodeURIComponent(location.pathname)); } else if (status < 429) { say("unsaved", data.message || text.textUnsaved); } else { say("local", text.textServer); retry(Number(pair[0].headers.get("Retry-After")) * 1000); }
        })
        .catch(function () { say("local", text.textLocal); retry(); })
        .then(function () { busy = null; if (again) { again = false; return send(); } return null; });
      return busy;
    };
    var retry = function (asked) { pause = Math.max(asked || 0, Math.min(pause * 2, 30000)); clearTimeout(timer); timer = setTimeout(send, pause); };
    var showOlder = function (draft, name) { show(text.textOlder.replace("{}", draft.older), draft, name); say("", ""); };
    var show = function (why, draft, name) {
      var note = document.createElement("details"), head = document.createElement("summary"), words = document.createElement("p");
      head.textContent = (name === unit ? "" : name + ". ") + why;
      words.textContent = draft.fields.filter(function (field) { return /^q\d+$/.test(field[0]); }).map(function (field) { return field[1]; }).join(" · ");
      note.className = "notice warning"; note.appendChild(head); note.appendChild(words);
      form.insertBefore(note, form.firstChild);
    };
    /* a later answer from another phone or tab is shown before anybody types over it */
    var look = function () {
      if (!text.fresh || waiting(drafts.read()).length || busy) { return; }
      fetch(text.fresh, { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.json() : {}; })
        .then(function (data) { if (data.at > Number(text.at) && !waiting(drafts.read()).length && !busy) { sessionStorage.setItem("imbas:newer", location.pathname); location.reload(); } })
        .catch(function () { return null; });
    };
    var note = function (event) {
      var input = event.target;
      if (!input.name || skip.test(input.name) || input.type === "file") { return; }
      var kept = drafts.read();
      kept[unit] = { fields: typed(form), at: Date.now() + Math.random() };
      var safe = drafts.write(kept);
      say(safe ? "saving" : "unsaved", safe ? text.textSaving : text.textUnsaved);
      clearTimeout(timer);
      timer = setTimeout(send, /radio|checkbox|select/.test(input.type) ? 0 : 600);
    };
    form.addEventListener("input", note);
    form.addEventListener("submit", function (event) {
      var href = event.submitter && event.submitter.dataset.href, waits = busy || waiting(drafts.read()).length;
      clearTimeout(timer);
      if (href && !waits && !event.defaultPrevented) { event.preventDefault(); location.assign(href); return; }
      if (!("handIn" in text) || !waits) { return; }
      event.preventDefault();
      delete text.sent;
      all("button", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
      untaken = false;
      send().then(function () { if (waiting(drafts.read()).length) { say("local", text.textWait); } else if (untaken) { say("unsaved", text.textUntaken); } else { form.requestSubmit ? form.requestSubmit() : form.submit(); } });
    });
    addEventListener("online", send);
    addEventListener("pageshow", function (event) {
      var way = performance.getEntriesByType("navigation")[0];
      if (event.persisted || (way && way.type === "back_forward")) { look(); }
    });
    document.addEventListener("visibilitychange", function () {
      var kept = drafts.read(), names = waiting(kept);
      if (document.visibilityState !== "hidden") { if (names.length) { send(); } else { look(); } } else if (names.length && !busy) { navigator.sendBeacon(text.autosave, body(kept, names)); }
    });
    flushers.push(send);
    /* a page to answer on is open again: what was refused before may count now */
    var kept = drafts.read(), had;
    Object.keys(kept).forEach(function (name) { delete kept[name].over; });
    drafts.write(kept);
    had = waiting(kept).length;
    if (kept[unit] && kept[unit].older) { showOlder(kept[unit], unit); } else if (kept[unit]) { refill(form, kept[unit].fields); }
    if (sessionStorage.getItem("imbas:newer") === location.pathname) { sessionStorage.removeItem("imbas:newer"); say("", text.textNewer); }
    if (had) { send().then(function () { if (!("handIn" in text)) { return; } if (untaken) { say("unsaved", text.textUntaken); } else if (!waiting(drafts.read()).length) { location.reload(); } }); }
  });

  /* long forms without autosave */
  all("form[data-keep]").forEach(function (form) {
    var kept = box("keep:" + form.dataset.keep), draft = kept.read(), key = function () { return form.elements._key.value; };
    var note = function () { kept.write({ fields: typed(form), key: key() }); };
    if ("keepNow" in form.dataset) { note(); } else if (draft.fields) {
      refill(form, draft.fields);
      var line = form.querySelector("[data-kept-line]");
      if (line) { line.className = "save local"; line.textContent = form.dataset.textKept; }
    }
    form.addEventListener("input", note);
    form.addEventListener("submit", note);
  });

  all("[data-forget]").forEach(function (node) { box(node.dataset.forget).write({}); });

  all("[data-time-up]").forEach(function (node) {
    var left = Number(node.dataset.until) - Number(node.dataset.now), over = function () { if (navigator.onLine) { location.reload(); } };
    if (left > 0 && left < 86400000) {
      setTimeout(function () { Promise.all(flushers.map(function (send) { return send(); })).then(over); setTimeout(over, 5000); }, left + 200);
    }
  });
})();
