import { formSender } from "../../lms/web/static/scripts/form_sender.js";

/** Rows of forms, as a phone's database gives them: always copies. */
export class Forms {
  constructor() {
    this.rows = new Map();
    this.full = false;
  }
  async all() {
    return [...this.rows.values()].map((row) => structuredClone(row));
  }
  async change(id, next) {
    const now = structuredClone(this.rows.get(id));
    const wanted = next(now);
    if (wanted === undefined) {
      return { form: now, kept: true };
    }
    if (wanted && this.full) {
      return { form: wanted, kept: false };
    }
    if (wanted) {
      this.rows.set(id, structuredClone(wanted));
    } else {
      this.rows.delete(id);
    }
    return { form: wanted || undefined, kept: true };
  }
}

/** The server: one person is signed in, a key is taken once, answers can get lost. */
export class OfflineServer {
  constructor(person = "7") {
    this.person = person;
    this.reachable = true;
    this.taken = new Map();
    this.posts = [];
    this.losing = false;
    this.say = null;
    this.between = () => {};
    this.fetch = async (url, options = {}) => {
      if (!this.reachable) {
        throw new TypeError("Failed to fetch");
      }
      if (url === "/tanpa-sinyal/siapa") {
        return this.person
          ? Response.json({ person: Number(this.person), token: `token of ${this.person}` })
          : Response.json({ message: "sign in" }, { status: 401 });
      }
      this.between();
      const fields = Object.fromEntries(options.body);
      this.posts.push(fields);
      if (this.say) {
        const [status, data] = this.say(fields);
        return new Response(typeof data === "string" ? data : JSON.stringify(data), { status });
      }
      if (fields.csrf_token !== `token of ${this.person}`) {
        return Response.json({ message: "stale", reason: "token" }, { status: 400 });
      }
      if (!this.taken.has(fields._key)) {
        this.taken.set(fields._key, { by: this.person, note: fields.note, at: `at ${this.taken.size + 1}` });
      }
      if (this.losing) {
        throw new TypeError("Failed to fetch");
      }
      return Response.json({ arrived: this.taken.get(fields._key).at });
    };
  }
  get notes() {
    return [...this.taken.values()].map((one) => one.note);
  }
}

/** A phone with forms on it, and the worker that sends them. */
export function phone({ forms = new Forms(), server = new OfflineServer() } = {}) {
  const told = [];
  const sender = formSender({ forms, fetch: server.fetch, changed: () => told.push("changed") });
  return { forms, server, sender, told };
}

/** Queue a form. */
export function queue(on, note, { person = "7", order = on.forms.rows.size + 1, state = "waiting" } = {}) {
  const id = `${person}:${note}`;
  const row = { id, key: `hp.${note}`, person, name: note, title: note, page: "/", action: "/visit", words: [] };
  on.forms.rows.set(id, Object.assign(row, { fields: [["note", note]], state, order, at: 0 }));
  return id;
}

/** The state of each form, by its name. */
export const states = (on) => Object.fromEntries([...on.forms.rows.values()].map((row) => [row.name, row.state]));

/** Where pages are kept, as the browser gives it. */
export class Caches {
  constructor() {
    this.boxes = new Map();
    this.full = false;
  }
  async keys() {
    return [...this.boxes.keys()];
  }
  async delete(name) {
    return this.boxes.delete(name);
  }
  async open(name) {
    const box = this.boxes.get(name) || new Map();
    this.boxes.set(name, box);
    const at = (request) => new URL(request.url || request, "https://imbas.id").href;
    return {
      keys: async () => [...box.keys()].map((url) => ({ url })),
      match: async (request) => {
        const found = box.get(at(request));
        return found && found.clone();
      },
      put: async (request, response) => {
        if (this.full) {
          throw new DOMException("full", "QuotaExceededError");
        }
        box.set(at(request), response);
      },
      delete: async (request) => box.delete(at(request)),
    };
  }
}
