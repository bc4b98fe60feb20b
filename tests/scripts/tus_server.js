import { settled } from "./phone.js";

/** A server of tus that keeps bytes, and answers otherwise as told. */
export class Server {
  constructor() {
    this.reachable = true;
    this.uploads = new Map();
    this.keys = new Map();
    this.requests = [];
    this.instead = () => null;
    this.ask = async (method, url, headers, body, transfer) => {
      await settled();
      const answer = (status, offset, extra = {}) => ({
        status,
        text: extra.text || "",
        header: (name) => ({ "Upload-Offset": String(offset), Location: url, ...extra })[name] || null,
      });
      if (!this.reachable) {
        return answer(0);
      }
      this.requests.push(method);
      const told = this.instead(method, url);
      if (told) {
        return answer(told[0], told[2] || 0, told[1]);
      }
      if (method === "POST") {
        const key = headers["X-Idempotency-Key"];
        if (!this.keys.has(key)) {
          this.keys.set(key, `/berkas/${this.keys.size + 1}`);
          this.uploads.set(this.keys.get(key), 0);
        }
        const place = this.keys.get(key);
        return answer(201, this.uploads.get(place), { Location: place });
      }
      if (!this.uploads.has(url)) {
        return answer(404);
      }
      if (method === "DELETE") {
        this.uploads.delete(url);
        return answer(204);
      }
      if (method === "PATCH") {
        transfer.running(() => undefined);
        if (headers["Upload-Offset"] !== String(this.uploads.get(url))) {
          return answer(409);
        }
        this.uploads.set(url, this.uploads.get(url) + body.size);
        transfer.running(null);
        return answer(204, this.uploads.get(url));
      }
      return answer(200, this.uploads.get(url));
    };
  }
}

/** What the phone keeps, of everybody. */
export class Files {
  constructor() {
    this.kept = new Map();
    this.full = false;
    this.keep = async (file) => !this.full && Boolean(this.kept.set(file.id, { ...file }));
    this.drop = async (id) => this.kept.delete(id);
    this.all = async () => [...this.kept.values()];
  }
}
