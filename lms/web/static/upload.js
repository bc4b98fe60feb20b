/* Imbas: files travel by tus; a cut costs only what had not arrived, also when the page was closed. ES2017, no library.
   data-upload=URL     form with files: where an upload begins; each chosen file is sent at once, one after the other
     data-max-bytes    the largest single file
     data-queue        list in the form: each file, bytes left, a way to cancel      data-basket: the whole queue in a line
     data-text-*       shrinking, wait, left, whole, cut, large, signin, signin-open, signin-link, gone, cancel, close, queue,
                      queue-open, first, busy, stopped, again
   data-arrived        what the server has; shown anew when the queue is done. data-upload-id inside: a file on its way */
(function () {
  "use strict";
  var LASTING = 7 * 86400000, SILENT = 45000, LOOK = 5000, TRIES = 6, LONGEST = 30000;
  var all = function (selector, root) { return Array.prototype.slice.call(root.querySelectorAll(selector)); };
  var sizeOf = function (bytes) { return (bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " kB" : (bytes / 1048576).toFixed(1).replace(".", document.documentElement.lang === "en" ? "." : ",") + " MB"); };
  var in64 = function (words) { return btoa(unescape(encodeURIComponent(words))); };
  var random = function () { return Math.random().toString(36).slice(2) + Date.now().toString(36); };
  var person = document.body.dataset.person || "";

  /* photos: at most 1600 pixels and about 290 kB, upright; whatever cannot be read stays as it is */
  var smaller = function (file) {
    if (!self.createImageBitmap || !/^image\/(jpeg|png|webp|heic|heif|avif)$/.test(file.type) || file.size < 290000) { return Promise.resolve(file); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (bitmap) {
      var share = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height)), canvas = document.createElement("canvas"), pen;
      canvas.width = Math.round(bitmap.width * share); canvas.height = Math.round(bitmap.height * share);
      pen = canvas.getContext("2d"); pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      if (bitmap.close) { bitmap.close(); }
      var press = function (qualities) {
        return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", qualities[0]); }).then(function (blob) {
          return blob && blob.size > 290000 && qualities[1] ? press(qualities.slice(1)) : blob;
        });
      };
      return press([0.8, 0.65, 0.5, 0.4]).then(function (blob) { return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file; });
    }).catch(function () { return file; });
  };
  /* only a page that came by TLS (or from this machine) may compute hashes; elsewhere the server's own has to do */
  var hash = function (blob) {
    if (!self.crypto || !crypto.subtle) { return Promise.resolve(""); }
    return new Response(blob).arrayBuffer().then(function (bytes) { return crypto.subtle.digest("SHA-256", bytes); }).then(function (found) {
      return Array.prototype.map.call(new Uint8Array(found), function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
    });
  };

  /* files wait on the phone under their owner's number; a phone that keeps none sends them from memory */
  var opened = new Promise(function (done, failed) {
    var request = indexedDB.open("imbas", 1);
    request.onupgradeneeded = function () { request.result.createObjectStore("files", { keyPath: "id" }); };
    request.onsuccess = function () { done(request.result); };
    request.onerror = failed;
  }).catch(function () { return null; });
  var shelf = function (mode, work) {
    return opened.then(function (db) {
      return db && new Promise(function (done) {
        var deal = db.transaction("files", mode), request = work(deal.objectStore("files"));
        deal.oncomplete = function () { done(request.result || true); };
        deal.onerror = deal.onabort = function () { done(false); };
      });
    }).catch(function () { return false; });
  };
  var keep = function (item) {
    var kept = { id: item.id, person: person, page: item.page, file: item.file, name: item.name, sha256: item.sha256, key: item.key, url: item.url, at: item.at, cancelled: item.cancelled };
    return shelf("readwrite", function (files) { return files.put(kept); });
  };
  var drop = function (id) { return shelf("readwrite", function (files) { return files.delete(id); }); };

  all("form[data-upload]", document).forEach(function (form) {
    var text = form.dataset, list = form.querySelector("[data-queue]"), line = form.querySelector("[data-basket]"), arrived = document.querySelector("[data-arrived]");
    var queue = [], busy = false, preparing = 0, wanted = null, pressed = null, pause = 1000, timer = 0;
    var allowAgain = function () { delete text.sent; all("button", form).forEach(function (button) { button.removeAttribute("aria-disabled"); }); };
    var waiting = function () { return queue.filter(function (item) { return !item.over && !item.stopped; }); };

    var say = function (item, words) { item.words.textContent = words; };
    var sum = function (words) {
      var left = waiting().filter(function (item) { return !item.cancelled; });
      line.hidden = !words && !left.length;
      line.textContent = words || (left.some(function (item) { return item.unkept; }) ? text.textQueueOpen : text.textQueue).replace("{}", String(left.length)).replace("{}", sizeOf(left.reduce(function (bytes, item) { return bytes + item.file.size - item.here; }, 0)));
    };
    var row = function (item) {
      var node = document.createElement("li"), grow = document.createElement("span"), button = document.createElement("button");
      item.node = node; item.words = document.createElement("span"); item.words.className = "small muted num";
      grow.className = "grow"; grow.textContent = item.name; grow.appendChild(document.createElement("br")); grow.appendChild(item.words);
      button.type = "button"; button.className = "plain"; button.textContent = text.textCancel; button.setAttribute("aria-label", text.textCancel + " " + item.name);
      button.addEventListener("click", function () { cancel(item); });
      node.appendChild(grow); node.appendChild(button); list.appendChild(node); list.hidden = false;
      say(item, text.textWait); hideOwn();
    };
    var hideOwn = function () {
      all("[data-upload-id]", arrived).forEach(function (node) { node.hidden = queue.some(function (item) { return item.url && item.url.split("/").pop() === node.dataset.uploadId; }); });
    };
    var leave = function (item) { queue.splice(queue.indexOf(item), 1); item.node.remove(); list.hidden = !queue.length; drop(item.id); sum(""); };
    var cancel = function (item) {
      if (item.over || !item.url) { leave(item); } else { item.cancelled = true; item.stopped = false; item.tries = item.until = 0; item.node.hidden = true; keep(item); }
      if (item.request) { item.request.abort(); }
      sum(""); soon(0);
    };
    /* the row begins with the name already */
    var withoutName = function (words, name) {
      var rest = words.indexOf(name + " ") === 0 ? words.slice(name.length + 1) : words;
      return rest.charAt(0).toUpperCase() + rest.slice(1);
    };
    var over = function (item, words) {
      item.over = true; wanted = null; drop(item.id); say(item, withoutName(words, item.name));
      item.node.classList.add("refused");
      item.node.lastChild.textContent = text.textClose;
      if (item.url) { ask("DELETE", item.url, {}); }
    };

    /* the server has said no often enough: the person decides, and nothing else waits for this file */
    var stop = function (item, words) {
      var button = document.createElement("button");
      item.stopped = true; wanted = null;
      if (item.cancelled) { leave(item); return; }
      say(item, (words || text.textStopped) + " ");
      button.type = "button"; button.className = "plain"; button.textContent = text.textAgain; button.setAttribute("aria-label", text.textAgain + " " + item.name);
      button.addEventListener("click", function () { item.stopped = false; item.tries = item.until = 0; say(item, text.textWait); sum(""); soon(0); });
      item.words.appendChild(button); sum("");
    };
    var sentence = function (answer) { try { return JSON.parse(answer.responseText).message || ""; } catch (e) { return ""; } };
    /* a pause that grows, or as long as the server asks for */
    var refusedForNow = function (item, answer) {
      var asked = Number(answer.getResponseHeader("Retry-After")) * 1000;
      item.tries = (item.tries || 0) + 1;
      if (item.tries >= TRIES) { stop(item, answer.status === 507 ? sentence(answer) : ""); return true; }
      say(item, answer.status === 423 ? text.textWait : sentence(answer) || text.textBusy);
      item.until = Date.now() + Math.min(Math.max(asked || 0, 1000 * Math.pow(2, item.tries)), LONGEST);
      return true;
    };

    var ask = function (method, url, headers, body, item) {
      return new Promise(function (done) {
        var request = new XMLHttpRequest();
        request.open(method, url);
        headers["Tus-Resumable"] = "1.0.0"; headers["X-CSRFToken"] = form.elements.csrf_token.value; headers.Accept = "application/json";
        Object.keys(headers).forEach(function (name) { request.setRequestHeader(name, headers[name]); });
        if (item) { item.request = request; request.upload.onprogress = function () { item.alive = Date.now(); }; } else { request.timeout = 20000; }
        request.onloadend = function () { if (item) { item.request = null; } done(request); };
        request.send(body || null);
      });
    };
    var offset = function (item) {
      return ask("HEAD", item.url, {}).then(function (answer) {
        var here = Number(answer.getResponseHeader("Upload-Offset"));
        if (answer.status === 200 && here !== item.here) { item.here = here; item.alive = Date.now(); }
        return answer;
      });
    };
    /* bytes left are what the server has not yet got, not what the phone has handed to its modem */
    var look = function (item) {
      return setInterval(function () {
        if (!item.request) { return; }
        if (Date.now() - item.alive > SILENT) { item.request.abort(); return; }
        offset(item).then(function () { if (item.request) { say(item, text.textLeft.replace("{}", sizeOf(item.file.size - item.here))); sum(""); } });
      }, LOOK);
    };

    var begin = function (item) {
      var named = "filename " + in64(item.name) + (item.sha256 ? ",sha256 " + in64(item.sha256) : "");
      return ask("POST", text.upload, { "Upload-Length": String(item.file.size), "Upload-Metadata": named, "X-Idempotency-Key": item.key }).then(function (answer) {
        if (answer.status === 201) { item.url = answer.getResponseHeader("Location"); item.here = Number(answer.getResponseHeader("Upload-Offset")); item.fresh = true; if (queue.indexOf(item) < 0) { ask("DELETE", item.url, {}); } else { keep(item); hideOwn(); } }
        return answer;
      });
    };
    var proceed = function (item) {
      var left = sizeOf(item.file.size - item.here), watch;
      say(item, text.textLeft.replace("{}", left)); sum("");
      item.alive = Date.now(); item.fresh = false;
      var sent = ask("PATCH", item.url, { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(item.here) }, item.file.slice(item.here), item);
      watch = look(item);
      return sent.then(function (answer) { clearInterval(watch); return answer; });
    };
    var step = function (item) {
      if (item.cancelled) { item.ending = true; return ask("DELETE", item.url, {}); }
      if (!item.url) { return begin(item); }
      return item.fresh ? proceed(item) : offset(item).then(function (answer) { item.fresh = answer.status === 200; return answer; });
    };
    /* what an answer means for the file; true: go on at once, false: after a pause, null: wait for the person */
    var judge = function (item, answer) {
      var status = answer.status, done = item.here >= item.file.size;
      if (item.ending && status && status < 300) { leave(item); return true; }
      if (status === 204 && Number(answer.getResponseHeader("Upload-Offset")) >= item.file.size) { item.over = item.done = true; item.node.hidden = false; item.node.lastChild.hidden = true; drop(item.id); say(item, text.textWhole); return true; }
      if (item.cancelled && !item.ending) { return true; } /* pressed while this answer was under way: the server does not know yet */
      if (status && status < 300) {
        if (item.here > (item.best || 0)) { item.best = item.here; item.tries = 0; }
        pause = 1000;
        return status !== 204 || !done;
      }
      if (item.ending && status >= 400 && status < 500 && status !== 401 && status !== 400) { leave(item); return true; }
      if (status === 401 || status === 400) { signIn(item); return null; }
      if (status === 410) { item.url = ""; item.here = 0; item.key = random(); return true; }
      if (status === 404) { item.url = ""; over(item, text.textGone); return true; }
      if (status === 460 && !item.twice) { item.twice = true; return true; }
      if (!status) { say(item, text.textCut); pause = Math.min(pause * 2, 15000); return false; }
      if (status >= 500 || status === 423 || status === 429 || (status === 409 && item.url)) { return refusedForNow(item, answer); }
      over(item, sentence(answer) || (status === 413 ? text.textLarge : text.textStopped));
      return true;
    };
    var signIn = function (item) {
      var link = document.createElement("a");
      link.href = "/masuk?next=" + encodeURIComponent(location.pathname); link.textContent = text.textSigninLink;
      say(item, (item.unkept ? text.textSigninOpen : text.textSignin) + " "); item.words.appendChild(link);
    };
    var soon = function (ms) { clearTimeout(timer); timer = setTimeout(go, ms); };
    /* every file is announced before the first is sent, so that nobody hands in without them */
    var go = function () {
      clearTimeout(timer);
      if (busy) { return; }
      var left = waiting(), now = Date.now(), item;
      if (!left.length) { finish(); return; }
      var ready = left.filter(function (one) { return (one.until || 0) <= now; });
      item = ready.filter(function (one) { return !one.url && !one.cancelled; })[0] || ready[0];
      if (!item) { soon(Math.min.apply(null, left.map(function (one) { return one.until; })) - now); return; }
      busy = true;
      step(item).then(function (answer) {
        busy = false;
        var next = judge(item, answer);
        if (next !== null) { soon(next ? 0 : pause); }
      });
    };
    var finish = function () {
      if (preparing) { return; }
      sum("");
      var done = queue.filter(function (item) { return item.done; });
      if (wanted) { var button = wanted; wanted = null; allowAgain(); button.click(); return; }
      if (!done.length) { return; }
      fetch(location.href, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (page) {
        var fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-arrived]");
        if (fresh) { arrived.innerHTML = fresh.innerHTML; done.forEach(function (item) { if (queue.indexOf(item) >= 0) { leave(item); } }); hideOwn(); }
      }).catch(function () { return null; });
    };

    var take = function (files) {
      preparing += 1; sum(text.textShrinking);
      files.reduce(function (before, file) {
        return before.then(function () { return smaller(file); }).then(function (small) { return hash(small).then(function (sha256) {
          var item = { id: person + ":" + random(), key: random(), page: text.upload, file: small, name: small.name, sha256: sha256, url: "", at: Date.now(), here: 0 };
          queue.push(item); row(item);
          if (small.size > Number(text.maxBytes)) { over(item, text.textLarge); return null; }
          return keep(item).then(function (kept) { item.unkept = !kept; if (!kept) { form.querySelector("[data-open]").hidden = false; } soon(0); });
        }); });
      }, Promise.resolve()).catch(function () { return null; }).then(function () { preparing -= 1; sum(""); soon(0); });
    };
    all("input[type=file]", form).forEach(function (input) {
      input.addEventListener("change", function () { var files = Array.prototype.slice.call(input.files); input.value = ""; if (files.length) { take(files); } });
    });
    form.addEventListener("click", function (event) { if (event.target.name && event.target.type === "submit") { pressed = event.target; } });
    /* why a file was refused is still said on the page that follows a press */
    var REFUSED = "imbas-refused:" + person + ":" + text.upload;
    var remember = function () {
      var rows = queue.filter(function (item) { return item.over && !item.done; }).map(function (item) { return [item.name, item.words.textContent]; });
      try { if (rows.length) { sessionStorage.setItem(REFUSED, JSON.stringify(rows)); } } catch (e) { return; }
    };
    var recall = function () {
      try { JSON.parse(sessionStorage.getItem(REFUSED) || "[]").forEach(function (was) { var item = { id: "", name: was[0], file: { size: 0 }, here: 0, url: "" }; queue.push(item); row(item); over(item, was[1]); }); sessionStorage.removeItem(REFUSED); } catch (e) { return; }
    };
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) { return; }
      if (!(preparing || waiting().length)) { remember(); return; }
      event.preventDefault(); allowAgain();
      wanted = pressed; sum(text.textFirst); soon(0);
    });
    addEventListener("online", function () { pause = 1000; soon(0); });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState !== "hidden") { soon(0); } });

    recall();
    /* what was left when the page was closed; the files of other people on this phone stay unseen */
    shelf("readonly", function (files) { return files.getAll(); }).then(function (kept) {
      (kept && kept.length ? kept : []).forEach(function (item) {
        if (Date.now() - item.at > LASTING) { drop(item.id); return; }
        if (item.person !== person || item.page !== text.upload) { return; }
        item.here = 0; queue.push(item); row(item); item.node.hidden = Boolean(item.cancelled);
      });
      if (queue.length) { sum(""); go(); }
    });
  });
})();
