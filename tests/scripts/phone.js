/** A phone for tests: a storage that can be full, a network that can be cut, a clock that can be set. */

export { File } from "node:buffer"; // Node.js 18 has no global one

export class Storage {
  constructor() {
    this.entries = new Map();
    this.full = false;
    this.forbidden = false;
  }
  getItem(name) {
    return this.entries.has(name) ? this.entries.get(name) : null;
  }
  setItem(name, value) {
    if (this.full) {
      throw new DOMException("full", "QuotaExceededError");
    }
    this.entries.set(name, value);
  }
  removeItem(name) {
    this.entries.delete(name);
  }
  /** What a page reaches it by: a phone may refuse. */
  source() {
    return () => {
      if (this.forbidden) {
        throw new DOMException("forbidden", "SecurityError");
      }
      return this;
    };
  }
}

export class Clock {
  constructor() {
    this.wall = 1602900000000;
    this.passed = 0;
    this.timers = [];
    this.last = 0;
    this.now = () => this.wall;
    this.elapsed = () => this.passed;
    this.later = (work, ms) => {
      this.last += 1;
      this.timers.push({ timer: this.last, at: this.passed + ms, work });
      return this.last;
    };
    this.cancel = (timer) => {
      this.timers = this.timers.filter((one) => one.timer !== timer);
    };
  }
  /** Let time pass, and all that is due happen in its order. */
  async pass(ms) {
    const end = this.passed + ms;
    for (;;) {
      await settled();
      const due = this.timers.filter((one) => one.at <= end).sort((one, two) => one.at - two.at)[0];
      if (!due) {
        break;
      }
      this.cancel(due.timer);
      this.wall += Math.max(0, due.at - this.passed);
      this.passed = Math.max(this.passed, due.at);
      due.work();
    }
    this.wall += end - this.passed;
    this.passed = end;
  }
}

/** All that waits for no timer has happened. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((done) => setImmediate(done));
  }
}

/** A promise to be kept by hand. */
export function promised() {
  let keep;
  let fail;
  const promise = new Promise((done, failed) => {
    keep = done;
    fail = failed;
  });
  return { promise, keep, fail };
}
