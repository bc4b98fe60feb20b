import { phoneClock } from "./clock.js";
import { all, allowAnotherPress, fieldValue, words } from "./dom.js";
import { shrink } from "./photos.js";
import { sha256 } from "./sha256.js";
import { tusRequests } from "./tus_request.js";
import { uploadQueue } from "./upload_queue.js";
import { hideOwn, sizeOf, uploadRows } from "./upload_rows.js";

/** @typedef {import("./tus_upload.js").Upload} Upload */

const random = () => Math.random().toString(36).slice(2) + Date.now().toString(36);

/**
 * Send each chosen file at once, one after the other, and let a press wait for them.
 *
 * data-upload=URL   where an upload begins      data-max-bytes  the largest single file
 * data-queue        list in the form: each file, bytes left, a way to cancel
 * data-basket       the whole queue in a line   data-open       says that the page must stay open
 * data-text-*       shrinking, wait, left, whole, cut, large, signin, signin-open, signin-link, gone, cancel, close,
 *                   queue, queue-open, first, busy, stopped, again
 * data-arrived      outside the form: what the server has; data-upload-id inside: a file on its way
 * @param {HTMLFormElement} form
 * @param {import("./waiting_files.js").WaitingFiles} files
 * @param {string} person
 */
export function startUploads(form, files, person) {
  const text = words(form);
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
  const line = part("[data-basket]");
  const arrived = /** @type {HTMLElement} */ (document.querySelector("[data-arrived]"));
  const remembered = `imbas-refused:${person}:${text.upload}`;
  let preparing = 0;
  /** @type {HTMLElement | null} the button that waits until all files are there */
  let wanted = null;
  /** @type {HTMLElement | null} */
  let pressed = null;

  const rows = uploadRows(
    part("[data-queue]"),
    text,
    (item) => queue.cancel(item),
    (item) => queue.again(item),
  );

  /** @param {string} sentence instead of how much is left */
  const sum = (sentence) => {
    const left = queue.waiting().filter((item) => !item.cancelled);
    const bytes = left.reduce((before, item) => before + item.file.size - item.here, 0);
    const words = left.some((item) => item.unkept) ? text.textQueueOpen : text.textQueue;
    line.hidden = !sentence && !left.length;
    line.textContent = sentence || words.replace("{}", String(left.length)).replace("{}", sizeOf(bytes));
  };
  const changed = () => {
    sum("");
    hideOwn(arrived, queue.items);
  };

  /** Nothing waits any more: press the button that waited, or show what the server has now. */
  const finished = async () => {
    if (preparing) {
      return;
    }
    sum("");
    if (wanted) {
      const button = wanted;
      wanted = null;
      allowAnotherPress(form);
      button.click();
      return;
    }
    const done = queue.items.filter((item) => item.done);
    if (!done.length) {
      return;
    }
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-arrived]");
      if (fresh) {
        arrived.innerHTML = fresh.innerHTML;
        done.filter((item) => queue.items.includes(item)).forEach(queue.leave);
        hideOwn(arrived, queue.items);
      }
    } catch (_error) {
      // no network: the rows stay and say that the files are whole
    }
  };

  const queue = uploadQueue({
    url: text.upload,
    person,
    maxBytes: Number(text.maxBytes),
    ask: tusRequests(() => fieldValue(form, "csrf_token")),
    files,
    clock: phoneClock,
    random,
    page: {
      added: (item) => {
        rows.say(item, text.textWait);
        hideOwn(arrived, queue.items);
      },
      waits: (item) => {
        rows.say(item, text.textWait);
        sum("");
      },
      moves: (item) => {
        rows.say(item, text.textLeft.replace("{}", sizeOf(item.file.size - item.here)));
        sum("");
      },
      cut: (item) => rows.say(item, text.textCut),
      busy: (item, message) => rows.say(item, message || text.textBusy),
      whole: (item) => rows.whole(item),
      refused: (item, why, message) => {
        wanted = null;
        const reasons = { gone: text.textGone, large: text.textLarge, refused: text.textStopped };
        rows.refused(item, why === "gone" ? reasons.gone : message || reasons[why]);
      },
      stopped: (item, message) => {
        wanted = null;
        rows.stopped(item, message || text.textStopped);
        sum("");
      },
      signIn: (item) => rows.signIn(item),
      cancelled: (item) => {
        rows.hide(item, true);
        sum("");
      },
      removed: (item) => {
        rows.remove(item);
        sum("");
      },
      kept: (item) => {
        if (item.unkept) {
          part("[data-open]").hidden = false;
        }
      },
      changed,
      finished,
    },
  });

  /** @param {File[]} chosen */
  const take = async (chosen) => {
    preparing += 1;
    sum(text.textShrinking);
    try {
      for (const file of chosen) {
        const small = await shrink(file);
        await queue.add(small, await sha256(small).catch(() => ""));
      }
    } finally {
      preparing -= 1;
      sum("");
      queue.soon(0);
    }
  };

  /* why a file was refused is still said on the page that follows a press */
  const remember = () => {
    const refused = queue.items.filter((item) => item.over && !item.done);
    try {
      if (refused.length) {
        sessionStorage.setItem(remembered, JSON.stringify(refused.map((item) => [item.name, rows.words(item)])));
      }
    } catch (_error) {
      // a phone that refuses storage
    }
  };
  const recall = () => {
    try {
      /** @type {[string, string][]} */
      const refused = JSON.parse(sessionStorage.getItem(remembered) || "[]");
      refused.forEach((was) => queue.recall(was[0], was[1]));
      sessionStorage.removeItem(remembered);
    } catch (_error) {
      // a phone that refuses storage
    }
  };

  const inputs = /** @type {HTMLInputElement[]} */ (all("input[type=file]", form));
  inputs.forEach((input) => {
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files || []);
      input.value = "";
      if (chosen.length) {
        take(chosen);
      }
    });
  });
  form.addEventListener("click", (event) => {
    const button = /** @type {HTMLButtonElement} */ (event.target);
    if (button.name && button.type === "submit") {
      pressed = button;
    }
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) {
      return;
    }
    if (!preparing && !queue.waiting().length) {
      remember();
      return;
    }
    event.preventDefault();
    allowAnotherPress(form);
    wanted = pressed;
    sum(text.textFirst);
    queue.soon(0);
  });
  addEventListener("online", () => queue.online());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") {
      queue.soon(0);
    }
  });

  recall();
  queue.resume();
}
