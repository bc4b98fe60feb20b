/**
 * Answers that wait on the phone until the server has said that it has them.
 *
 * A draft leaves the phone only when the server took it or named a later one. Nothing here touches the page:
 * what to show is told to `page`, and storage, network and clock are given, so that tests can cut them.
 */

/**
 * @typedef {object} Draft what one question holds
 * @property {import("./form_fields.js").Field[]} fields
 * @property {number} at when it was typed, in ms of the phone's clock; a fraction tells two of the same ms apart
 * @property {string} [older] when the server got the later answer that this one does not replace
 * @property {boolean} [over] refused for good, because the time is up
 */
/** @typedef {Record<string, Draft>} Drafts by the question's number, or "" */

/**
 * @typedef {object} QueuePage what the queue tells
 * @property {() => void} saving a request begins
 * @property {() => void} lost there is no network; it stays on the phone
 * @property {() => void} busy the server asks to wait; it stays on the phone
 * @property {() => void} signIn nobody is signed in, or somebody else; it stays on the phone
 * @property {(time: string) => void} saved everything was taken, the last at this time
 * @property {(message: string) => void} refused the server does not take it now; it stays on the phone
 * @property {(name: string, draft: Draft, message: string) => void} over refused for good
 * @property {(name: string, draft: Draft) => void} older a later answer came from elsewhere
 * @property {() => void} newer the server has something later than this page shows
 */

/**
 * @typedef {object} QueueOptions
 * @property {import("./drafts.js").DraftStore} drafts
 * @property {string} url where drafts are sent
 * @property {() => string} token against forged requests
 * @property {string} [fresh] where the server tells of when its newest answer is
 * @property {number} at of when the newest answer on the page is, in ms of the server's clock
 * @property {boolean} ages tell how long an answer has waited, so that it does not replace a later one
 * @property {(url: string, options: RequestInit) => Promise<Response>} fetch
 * @property {import("./clock.js").Clock} clock
 * @property {QueuePage} page
 */

/** @typedef {ReturnType<typeof offlineQueue>} OfflineQueue */

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
/** How long a note stands, in ms, before a press can come from somebody who has read it. */
const READING = 2000;

/** @param {QueueOptions} options */
export function offlineQueue({ drafts, url, fresh, at, token, ages, fetch, clock, page }) {
  /** @type {Promise<void> | null} */
  let sending = null;
  let again = false;
  let pause = FIRST_PAUSE;
  let timer = 0;
  /** When a note last told of what was not taken and no press was stopped for it, by the second clock. */
  let told = -Infinity;
  let shown = at;
  /** @type {Record<string, { at: number, elapsed: number }>} what was typed on this page, by the second clock */
  const typedHere = {};

  /** @param {Drafts} kept */
  const waitingIn = (kept) => Object.keys(kept).filter((name) => !kept[name].older && !kept[name].over);
  const waits = () => waitingIn(drafts.read()).length > 0;

  /**
   * How long a draft has waited, in s. The phone's clock may have been set back since: never less than what
   * passed on this page.
   * @param {string} name
   * @param {Draft} draft
   */
  const age = (name, draft) => {
    const here = typedHere[name];
    const passed = here && here.at === draft.at ? clock.elapsed() - here.elapsed : 0;
    return Math.round(Math.max(passed, clock.now() - draft.at) / 1000);
  };

  /**
   * @param {Drafts} kept
   * @param {string[]} names
   */
  const body = (kept, names) => {
    const data = new URLSearchParams();
    data.append("csrf_token", token());
    names.forEach((name) => {
      kept[name].fields.forEach((field) => data.append(field[0], field[1]));
      if (ages) {
        data.append(`age-${name}`, String(age(name, kept[name])));
      }
    });
    return data;
  };

  /**
   * Those of the drafts sent that were not typed anew since, in this tab or another.
   * @param {Drafts} sent
   * @param {string[]} names
   */
  const unchanged = (sent, names) => {
    const kept = drafts.read();
    return names.filter((name) => kept[name] && kept[name].at === sent[name].at);
  };

  /**
   * What the server did not take is shown, whatever question the page is about: nobody shall believe it was saved.
   * @param {Drafts} sent
   * @param {string[]} names
   * @param {any} data
   */
  const taken = (sent, names, data) => {
    const older = data.older || {};
    /** @type {Record<string, Draft | null>} */
    const changes = {};
    unchanged(sent, names).forEach((name) => {
      changes[name] = older[name] ? Object.assign({}, sent[name], { older: older[name] }) : null;
    });
    drafts.update(changes);
    shown = data.at || shown;
    pause = FIRST_PAUSE;
    const yielded = Object.keys(changes).filter((name) => changes[name]);
    yielded.forEach((name) => page.older(name, /** @type {Draft} */ (changes[name])));
    told = yielded.length ? clock.elapsed() : told;
    if (waits()) {
      again = true;
    } else if (!yielded.length) {
      page.saved(data.saved_at);
    }
  };

  /**
   * @param {Drafts} sent
   * @param {string[]} names
   * @param {string} message
   */
  const closed = (sent, names, message) => {
    /** @type {Drafts} */
    const changes = {};
    unchanged(sent, names).forEach((name) => {
      changes[name] = Object.assign({}, sent[name], { over: true });
    });
    drafts.update(changes);
    told = clock.elapsed();
    Object.keys(changes).forEach((name) => page.over(name, changes[name], message));
    page.refused(message);
  };

  /** @param {number} asked pause the server asks for, in ms */
  const retry = (asked) => {
    pause = Math.max(asked, Math.min(pause * 2, LONGEST_PAUSE));
    clock.cancel(timer);
    timer = clock.later(send, pause);
  };

  /**
   * @param {Drafts} sent
   * @param {string[]} names
   */
  const post = async (sent, names) => {
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: body(sent, names),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const data = await answer.json().catch(() => ({}));
      if (answer.status === 200) {
        taken(sent, names, data);
      } else if (answer.status === 409) {
        closed(sent, names, data.message);
      } else if (answer.status === 401 || answer.status === 400) {
        page.signIn();
      } else if (answer.status < 429) {
        page.refused(data.message);
      } else {
        page.busy();
        retry(Number(answer.headers.get("Retry-After")) * 1000 || 0);
      }
    } catch (_error) {
      page.lost();
      retry(0);
    }
  };

  /**
   * Send all that waits. One request at a time; what is typed meanwhile follows.
   * @returns {Promise<void>} when nothing is under way any more
   */
  const send = () => {
    clock.cancel(timer);
    if (sending) {
      again = true;
      return sending;
    }
    const kept = drafts.read();
    const names = waitingIn(kept);
    if (!names.length) {
      return Promise.resolve();
    }
    page.saving();
    sending = post(kept, names).then(() => {
      sending = null;
      if (again) {
        again = false;
        return send();
      }
      return undefined;
    });
    return sending;
  };

  return {
    send,

    /** Whether anything waits or is under way. */
    pending: () => sending !== null || waits(),

    /** Whether the page has just told of something that was not taken: nobody can have read it yet. */
    unread: () => clock.elapsed() - told < READING,

    /**
     * Keep what a question holds now and send it after a moment.
     * @param {string} name
     * @param {import("./form_fields.js").Field[]} fields
     * @param {number} ms
     * @returns {boolean} whether the phone keeps it if the page is closed
     */
    note(name, fields, ms) {
      const at = clock.now() + Math.random();
      typedHere[name] = { at, elapsed: clock.elapsed() };
      const safe = drafts.update({ [name]: { fields, at } });
      clock.cancel(timer);
      timer = clock.later(send, ms);
      return safe;
    },

    /** Do not send what was just typed after its moment: the caller decides. */
    hold: () => clock.cancel(timer),

    /**
     * Send all that waits and tell what came of it; "untaken" once for each note that nobody can have read.
     * @returns {Promise<"waits" | "untaken" | "taken">}
     */
    async flush() {
      const unread = clock.elapsed() - READING;
      await send();
      if (waits()) {
        return "waits";
      }
      if (told > unread) {
        told = -Infinity;
        return "untaken";
      }
      return "taken";
    },

    /**
     * The page can be answered on again: what was refused for good before may count now.
     * @returns {Drafts} all that is on the phone
     */
    reopen() {
      const kept = drafts.read();
      /** @type {Drafts} */
      const changes = {};
      Object.keys(kept)
        .filter((name) => kept[name].over)
        .forEach((name) => {
          changes[name] = Object.assign({}, kept[name], { over: false });
        });
      drafts.update(changes);
      return drafts.read();
    },

    /** Ask whether a later answer came from another phone or tab, before anybody types over it. */
    async look() {
      if (!fresh || sending || waits()) {
        return;
      }
      try {
        const answer = await fetch(fresh, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        const data = answer.ok ? await answer.json() : {};
        if (data.at > shown && !sending && !waits()) {
          page.newer();
        }
      } catch (_error) {
        // no network: the next look will tell
      }
    },

    /**
     * The page is leaving: hand what waits to the browser, which sends it when it can. The drafts stay.
     * @param {(url: string, body: URLSearchParams) => void} beacon
     */
    leave(beacon) {
      const kept = drafts.read();
      const names = waitingIn(kept);
      if (names.length && !sending) {
        beacon(url, body(kept, names));
      }
    },
  };
}
