import { messageOf } from "./tus_request.js";
import { newUpload, step } from "./tus_upload.js";
import { verdict } from "./upload_verdict.js";

/**
 * Files on their way to the server: in which order, what an answer means, when to try again.
 *
 * Every file is announced before the first is sent, so that nobody hands in without them. Nothing here touches
 * the page: network, storage and clock are given, and what to show is told to `page`.
 */

/** @typedef {import("./tus_request.js").Answer} Answer */
/** @typedef {import("./tus_upload.js").Upload} Upload */

/**
 * @typedef {object} UploadOptions
 * @property {string} url where an upload begins
 * @property {string} person
 * @property {number} maxBytes the largest single file
 * @property {import("./tus_request.js").Ask} ask
 * @property {import("./waiting_files.js").WaitingFiles} files
 * @property {import("./clock.js").Clock} clock
 * @property {() => string} random
 * @property {import("./upload_rows.js").UploadPage} page
 */

const LASTING = 7 * 86400000;
const TRIES = 6;
const FIRST_PAUSE = 1000;
const LONGEST_CUT = 15000;
const LONGEST_BUSY = 30000;

/** @param {UploadOptions} options */
export function uploadQueue({ url, person, maxBytes, ask, files, clock, random, page }) {
  /** @type {Upload[]} */
  const queue = [];
  const means = { url, ask, clock, moves: page.moves };
  let busy = false;
  let pause = FIRST_PAUSE;
  let timer = 0;

  const waiting = () => queue.filter((item) => !item.over && !item.stopped);

  /** @param {Upload} item */
  const keep = (item) => {
    const { id, page: form, file, name, sha256, key, url: address, at, cancelled } = item;
    return files.keep({ id, person, page: form, file, name, sha256, key, url: address, at, cancelled });
  };

  /** @param {number} ms */
  const soon = (ms) => {
    clock.cancel(timer);
    timer = clock.later(go, ms);
  };

  /**
   * The server has given an upload its address. It may have been cancelled meanwhile.
   * @param {Upload} item
   */
  const announced = (item) => {
    if (queue.includes(item)) {
      keep(item);
      page.changed();
    } else {
      ask("DELETE", item.url, {});
    }
  };

  /** @param {Upload} item */
  const leave = (item) => {
    if (queue.includes(item)) {
      queue.splice(queue.indexOf(item), 1);
    }
    files.drop(item.id);
    page.removed(item);
  };

  /**
   * @param {Upload} item
   * @param {"gone" | "large" | "refused"} why
   * @param {string} message
   */
  const refuse = (item, why, message) => {
    item.over = true;
    files.drop(item.id);
    page.refused(item, why, message);
    if (item.url && why !== "gone") {
      ask("DELETE", item.url, {});
    }
  };

  /**
   * The server has said no often enough: the person decides, and nothing else waits for this file.
   * @param {Upload} item
   * @param {string} message
   */
  const stop = (item, message) => {
    item.stopped = true;
    if (item.cancelled) {
      leave(item);
    } else {
      page.stopped(item, message);
    }
  };

  /**
   * A pause that grows, or as long as the server asks for.
   * @param {Upload} item
   * @param {Answer} answer
   */
  const wait = (item, answer) => {
    const asked = Number(answer.header("Retry-After")) * 1000 || 0;
    item.tries = (item.tries || 0) + 1;
    if (item.tries >= TRIES) {
      stop(item, answer.status === 507 ? messageOf(answer) : "");
      return;
    }
    if (answer.status === 423) {
      page.waits(item);
    } else {
      page.busy(item, messageOf(answer));
    }
    item.until = clock.elapsed() + Math.min(Math.max(asked, 1000 * 2 ** item.tries), LONGEST_BUSY);
  };

  /**
   * Do what an answer asks for.
   * @param {Upload} item
   * @param {Answer} answer
   * @returns {number | null} how long to wait before the next step, in ms; null: until the person acts
   */
  const heed = (item, answer) => {
    const found = verdict(item, answer);
    switch (found) {
      case "ended":
        leave(item);
        return 0;
      case "whole":
        item.over = item.done = true;
        files.drop(item.id);
        page.whole(item);
        return 0;
      case "accepted":
      case "stuck":
        item.tries = item.here > (item.best || 0) ? 0 : item.tries;
        item.best = Math.max(item.here, item.best || 0);
        pause = FIRST_PAUSE;
        return found === "stuck" ? pause : 0;
      case "signIn":
        page.signIn(item);
        return null;
      case "cut":
        page.cut(item);
        pause = Math.min(pause * 2, LONGEST_CUT);
        return pause;
      case "anew":
        item.url = "";
        item.here = 0;
        item.key = random();
        return 0;
      case "damaged":
        item.twice = true;
        return 0;
      case "busy":
        wait(item, answer);
        return 0;
      case "gone":
      case "large":
      case "refused":
        refuse(item, found, messageOf(answer));
        return 0;
      default: // untold
        return 0;
    }
  };

  /** Take the next step, unless one is under way. */
  const go = async () => {
    clock.cancel(timer);
    if (busy) {
      return;
    }
    const left = waiting();
    if (!left.length) {
      page.finished();
      return;
    }
    const now = clock.elapsed();
    const ready = left.filter((one) => (one.until || 0) <= now);
    const item = ready.find((one) => !one.url && !one.cancelled) || ready[0];
    if (!item) {
      soon(Math.min(...left.map((one) => one.until || 0)) - now);
      return;
    }
    const known = item.url;
    busy = true;
    const answer = await step(means, item);
    busy = false;
    if (item.url !== known) {
      announced(item);
    }
    const next = queue.includes(item) ? heed(item, answer) : 0; // cancelled meanwhile: nothing more is said of it
    if (next !== null) {
      soon(next);
    }
  };

  return {
    go,
    soon,
    waiting,
    items: queue,
    leave,

    /**
     * A file was chosen.
     * @param {File} file
     * @param {string} sha256
     */
    async add(file, sha256) {
      const item = newUpload({ person, page: url, file, sha256, at: clock.now(), random });
      queue.push(item);
      page.added(item);
      if (file.size > maxBytes) {
        refuse(item, "large", "");
      } else {
        item.unkept = !(await keep(item));
        page.kept(item);
        page.changed();
        soon(0);
      }
    },

    /**
     * Show a file that was refused on the page before.
     * @param {string} name
     * @param {string} message
     */
    recall(name, message) {
      const item = newUpload({ person, page: url, file: new File([], name), sha256: "", at: 0, random });
      queue.push(item);
      page.added(item);
      refuse(item, "refused", message);
    },

    /**
     * Go on with what was left when the page was closed. The files of other people on this phone stay unseen,
     * and no longer than seven days; this person's own are sent however old: clocks of phones jump.
     */
    async resume() {
      (await files.all()).forEach((kept) => {
        if (kept.person === person && kept.page === url) {
          const item = Object.assign({}, kept, { here: 0 });
          queue.push(item);
          page.added(item);
          if (item.cancelled) {
            page.cancelled(item);
          }
        } else if (clock.now() - kept.at > LASTING) {
          files.drop(kept.id);
        }
      });
      if (queue.length) {
        page.changed();
        go();
      }
    },

    /** @param {Upload} item */
    cancel(item) {
      if (item.over || !item.url) {
        leave(item);
      } else {
        item.cancelled = true;
        item.stopped = false;
        item.tries = item.until = 0;
        keep(item);
        page.cancelled(item);
      }
      if (item.abort) {
        item.abort();
      }
      soon(0);
    },

    /** @param {Upload} item that was stopped */
    again(item) {
      item.stopped = false;
      item.tries = item.until = 0;
      page.waits(item);
      soon(0);
    },

    /** The network is back. */
    online() {
      pause = FIRST_PAUSE;
      soon(0);
    },
  };
}
