/** @typedef {import("./offline_forms.js").OfflineForm} OfflineForm */

/**
 * sent: nothing of this person waits; lost: no network; busy: the server asks to wait, or answered oddly;
 * signIn: nobody is signed in.
 * @typedef {"sent" | "lost" | "busy" | "signIn"} Outcome
 */

/**
 * @typedef {object} SenderMeans
 * @property {import("./offline_forms.js").OfflineForms} forms
 * @property {(url: string, options: RequestInit) => Promise<Response>} fetch
 * @property {() => void} changed a form has another state
 */

const WHO = "/tanpa-sinyal/siapa";
const ODD_ANSWERS = 5;
const LATER = [408, 425, 429, 502, 503, 504];

/**
 * Who is signed in, by the server's word, with a token of that sign-in.
 * @param {SenderMeans["fetch"]} fetch
 * @returns {Promise<{ person: string, token: string } | Outcome>}
 */
export const whoIsHere = async (fetch) => {
  try {
    const answer = await fetch(WHO, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const data = await answer.json().catch(() => ({}));
    if (answer.ok && data.token) {
      return { person: String(data.person), token: data.token };
    }
    return answer.status === 401 || answer.status === 403 ? "signIn" : "busy";
  } catch (_error) {
    return "lost";
  }
};

/**
 * @param {OfflineForm} form
 * @param {string} token
 */
const bodyOf = (form, token) => {
  const withFiles = form.fields.some((field) => typeof field[1] !== "string");
  const body = withFiles ? new FormData() : new URLSearchParams();
  body.append("csrf_token", token);
  body.append("_key", form.key);
  form.fields.forEach((field) => body.append(field[0], /** @type {string} */ (field[1])));
  return body;
};

/**
 * Sends the forms that wait on the phone, one after the other in their order, each under the key that it got there.
 *
 * Only the person who is signed in by the server's own word has forms sent, with a token of that sign-in. A form whose answer
 * was lost is sent again as it was: the server answers a known key with its first answer. Only the server's receipt counts as
 * arrived, whatever else a network puts in its place.
 * @param {SenderMeans} means
 */
export function formSender({ forms, fetch, changed }) {
  /** @type {Promise<Outcome> | null} */
  let underway = null;
  let again = false;

  /**
   * @param {OfflineForm} form
   * @param {(now: OfflineForm) => OfflineForm | null | undefined} next
   */
  const change = async (form, next) => {
    const done = await forms.change(form.id, (now) => (now && now.key === form.key ? next(now) : undefined));
    changed();
    return done.form;
  };

  /** @param {OfflineForm} form what the person takes back before this is not sent */
  const claim = async (form) => {
    const claimed = await change(form, (now) =>
      /waiting|sending/.test(now.state) ? Object.assign({}, now, { state: "sending", tried: true }) : undefined,
    );
    return claimed && claimed.key === form.key && claimed.state === "sending" ? claimed : null;
  };

  /**
   * @param {OfflineForm} form
   * @param {string} arrived
   */
  const receive = async (form, arrived) => {
    const receipt = {
      id: form.key,
      key: form.key,
      state: /** @type {const} */ ("arrived"),
      arrived,
      fields: [],
      words: [],
    };
    await forms.change(form.key, () => Object.assign({}, form, receipt, { message: "", faults: {} }));
    await change(form, () => null);
  };

  /**
   * @param {OfflineForm} form
   * @param {number} tries
   */
  const wait = (form, tries) => change(form, (now) => Object.assign({}, now, { state: "waiting", tries }));

  /**
   * Nothing was stored under its key: it is a draft again, with the reason, and takes a new key when it is sent anew.
   * @param {OfflineForm} form
   * @param {any} data
   */
  const refuse = (form, data) =>
    change(form, (now) =>
      Object.assign({}, now, {
        state: "refused",
        tried: false,
        tries: 0,
        message: data.message || "",
        faults: data.fields || {},
      }),
    );

  /**
   * @param {OfflineForm} form
   * @param {string} token
   * @returns {Promise<Outcome>}
   */
  const post = async (form, token) => {
    let answer;
    let data;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: bodyOf(form, token),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
      });
      data = await answer.json().catch(() => ({}));
    } catch (_error) {
      await wait(form, form.tries || 0);
      return "lost";
    }
    if (answer.ok && data.arrived) {
      await receive(form, data.arrived);
      return "sent";
    }
    if (answer.status === 401 || data.reason === "token") {
      await wait(form, form.tries || 0);
      return "signIn";
    }
    if (LATER.includes(answer.status)) {
      await wait(form, form.tries || 0);
      return "busy";
    }
    const understood = answer.status >= 400 && answer.status < 500 && data.message;
    if (understood || (form.tries || 0) + 1 >= ODD_ANSWERS) {
      await refuse(form, data);
      return "sent";
    }
    await wait(form, (form.tries || 0) + 1);
    return "busy";
  };

  const waiting = async () =>
    (await forms.all()).filter((form) => /waiting|sending/.test(form.state)).sort((one, two) => one.order - two.order);

  /** @returns {Promise<Outcome>} */
  const sendAll = async () => {
    const all = await waiting();
    if (!all.length) {
      return "sent";
    }
    const here = await whoIsHere(fetch);
    if (typeof here === "string") {
      return here;
    }
    /** @type {Outcome} */
    let outcome = "sent";
    for (const form of all.filter((one) => one.person === here.person)) {
      const claimed = await claim(form);
      const found = claimed ? await post(claimed, here.token) : "sent";
      outcome = found === "sent" ? outcome : found;
      if (found === "lost" || found === "signIn") {
        break;
      }
    }
    return outcome;
  };

  return {
    /**
     * Send all that waits. One run at a time: what was queued meanwhile follows.
     * @returns {Promise<Outcome>}
     */
    send() {
      if (underway) {
        again = true;
        return underway;
      }
      underway = (async () => {
        let outcome;
        do {
          again = false;
          outcome = await sendAll();
        } while (again && outcome === "sent");
        underway = null;
        return outcome;
      })();
      return underway;
    },
  };
}
