/* Imbas: files travel with their progress shown; a cut network costs neither files nor note. ES2017, no library.
   data-upload           form with files; texts: data-text-basket, -sending, -cut, -again, -large, -signin, -shrinking
     data-max-bytes      the largest single file      data-max-total  what the server takes in one request
     data-basket         element in the form: what will be sent, and how it goes */
(function () {
  "use strict";
  var megabytes = function (bytes) { return (bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " kB" : (bytes / 1048576).toFixed(1).replace(".", document.documentElement.lang === "en" ? "." : ",") + " MB"); };
  var total = function (files) { return Array.prototype.reduce.call(files, function (sum, file) { return sum + file.size; }, 0); };

  /* photos: at most 1600 pixels, upright, so that they travel; whatever cannot be read stays as it is */
  var smaller = function (file) {
    if (!self.createImageBitmap || !/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 300000) { return Promise.resolve(file); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (bitmap) {
      var share = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height)), canvas = document.createElement("canvas"), pen;
      canvas.width = Math.round(bitmap.width * share); canvas.height = Math.round(bitmap.height * share);
      pen = canvas.getContext("2d"); pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      if (bitmap.close) { bitmap.close(); }
      return new Promise(function (done) { canvas.toBlob(function (blob) { done(blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file); }, "image/jpeg", 0.8); });
    }).catch(function () { return file; });
  };

  Array.prototype.forEach.call(document.querySelectorAll("form[data-upload]"), function (form) {
    var text = form.dataset, input = form.querySelector("input[type=file]"), basket = form.querySelector("[data-basket]");
    var ready = Promise.resolve(), pressed = null, retrying = false;
    var say = function (words, href, name) {
      basket.hidden = false; basket.textContent = words;
      if (href) { var link = document.createElement("a"); link.href = href; link.target = "_blank"; link.textContent = name; basket.appendChild(document.createTextNode(" ")); basket.appendChild(link); }
    };
    var large = function () { return Array.prototype.filter.call(input.files, function (file) { return file.size > Number(text.maxBytes); })[0]; };
    var allowAgain = function () { delete text.sent; Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) { button.removeAttribute("aria-disabled"); }); };

    input.addEventListener("change", function () {
      if (!input.files.length || !self.DataTransfer) { return; }
      say(text.textShrinking);
      ready = Array.prototype.reduce.call(input.files, function (before, file) {
        return before.then(function (found) { return smaller(file).then(function (small) { return found.concat(small); }); });
      }, Promise.resolve([])).then(function (files) {
        var was = total(input.files), held = new DataTransfer();
        files.forEach(function (file) { held.items.add(file); });
        input.files = held.files;
        say(large() ? text.textLarge.replace("{}", large().name) : text.textBasket.replace("{}", String(files.length)).replace("{}", megabytes(total(files))) + (total(files) < was ? " (" + megabytes(was) + ")" : ""));
      });
    });
    form.addEventListener("click", function (event) { if (event.target.name) { pressed = event.target; } });

    var send = function () {
      var request = new XMLHttpRequest(), data = new FormData(form);
      if (pressed) { data.append(pressed.name, pressed.value); }
      retrying = false;
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", function (event) { if (event.lengthComputable) { say(text.textSending.replace("{}", megabytes(event.loaded)).replace("{}", megabytes(event.total))); } });
      request.addEventListener("error", function () { allowAgain(); retrying = true; say(text.textCut); });
      request.addEventListener("load", function () {
        var isPage = /html/.test(request.getResponseHeader("Content-Type") || "");
        if (isPage) {
          if (request.responseURL) { history.replaceState(null, "", request.responseURL); }
          document.open(); document.write(request.responseText); document.close();
          return;
        }
        allowAgain();
        if (request.status === 401 || request.status === 400) { say(text.textSignin, "/masuk", text.textSigninLink); return; }
        try { say(JSON.parse(request.responseText).message); } catch (e) { say(text.textCut); }
      });
      request.send(data);
    };
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented || !self.FormData || !input.files.length) { return; }
      event.preventDefault();
      ready.then(function () {
        if (large() || total(input.files) > Number(text.maxTotal)) { allowAgain(); say(text.textLarge.replace("{}", (large() || input.files[0]).name)); return; }
        send();
      });
    });
    /* the same key goes again, so that what had arrived is not stored twice */
    addEventListener("online", function () { if (retrying) { text.sent = "1"; send(); } });
  });
})();
