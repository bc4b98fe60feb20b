import { draftStore } from "../../lms/web/static/scripts/drafts.js";
import { offlineQueue } from "../../lms/web/static/scripts/offline_queue.js";
import { Clock, Storage } from "./phone.js";

/** The server's side: keeps what it took, and answers as told. */
export class Server {
  constructor() {
    this.reachable = true;
    this.requests = [];
    this.answer = () => [200, { saved_at: "09.15", at: 1 }];
    this.fetch = async (url, options) => {
      if (!this.reachable) {
        throw new TypeError("Failed to fetch");
      }
      this.requests.push(options.body ? Object.fromEntries(options.body) : url);
      const [status, data, headers] = await this.answer(this.requests.length);
      return new Response(data === undefined ? "<p>" : JSON.stringify(data), { status, headers });
    };
  }
  get answers() {
    return Object.assign({}, ...this.requests.filter((one) => typeof one === "object"));
  }
}

/** A tab with the questions of one attempt open. */
export function tab({ storage = new Storage(), server = new Server(), clock = new Clock(), person = "7" } = {}) {
  const told = [];
  const teller =
    (name) =>
    (...words) =>
      told.push([name, ...words]);
  const names = ["saving", "saved", "lost", "busy", "refused", "over", "older", "newer", "signIn"];
  const page = Object.fromEntries(names.map((name) => [name, teller(name)]));
  const drafts = draftStore(storage.source(), person, "attempt:1");
  const queue = offlineQueue({
    drafts,
    url: "/save",
    fresh: "/fresh",
    at: 100,
    token: () => "token",
    ages: true,
    fetch: server.fetch,
    clock,
    page,
  });
  return { queue, drafts, told, storage, server, clock, last: () => told[told.length - 1] };
}

/** Type a text as the answer to a question. */
export const type = (on, question, text) => on.queue.note(question, [[`q${question}`, text]], 600);
