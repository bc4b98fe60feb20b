import assert from "node:assert/strict";
import { test } from "node:test";
import { draftStore } from "../../lms/web/static/scripts/drafts.js";
import { Clock, promised, Storage, settled } from "./phone.js";
import { tab, type } from "./tab.js";

const DAY = 86400000;

test("two tabs: an answer that one tab has sent does not remove what the other typed meanwhile", async () => {
  const storage = new Storage();
  const clock = new Clock();
  const left = tab({ storage, clock });
  const right = tab({ storage, clock });
  const answer = promised();
  left.server.answer = () => answer.promise;
  right.server.reachable = false;
  type(left, "3", "left");
  await clock.pass(600);
  type(right, "3", "right");
  type(right, "4", "right, too");
  left.server.reachable = false;
  answer.keep([200, { saved_at: "09.15" }]);
  await settled();
  assert.equal(left.server.answers.q3, "left");
  const kept = right.drafts.read();
  assert.deepEqual(kept["3"].fields, [["q3", "right"]]);
  assert.deepEqual(kept["4"].fields, [["q4", "right, too"]]);
});

test("two tabs: what one tab left behind is sent by the other", async () => {
  const storage = new Storage();
  const left = tab({ storage });
  const right = tab({ storage });
  left.server.reachable = false;
  type(left, "1", "from the left");
  await left.clock.pass(700);
  type(right, "2", "from the right");
  await right.clock.pass(700);
  await settled();
  assert.equal(right.server.answers.q1, "from the left");
  assert.equal(right.server.answers.q2, "from the right");
  await left.queue.send();
  assert.equal(left.queue.pending(), false);
  assert.equal(storage.entries.size, 0);
});

test("a full storage: it says so, sends all the same, and keeps it in the page until it is sent", async () => {
  const one = tab();
  one.storage.full = true;
  one.server.reachable = false;
  assert.equal(type(one, "3", "ab"), false);
  await one.clock.pass(600);
  assert.equal(one.storage.entries.size, 0);
  assert.equal(one.queue.pending(), true);
  one.server.reachable = true;
  await one.clock.pass(2000);
  await settled();
  assert.equal(one.server.answers.q3, "ab");
  assert.equal(one.queue.pending(), false);
});

test("a full storage in one tab: what another tab kept meanwhile is not overwritten when there is room again", async () => {
  const storage = new Storage();
  const clock = new Clock();
  const left = tab({ storage, clock });
  const right = tab({ storage, clock });
  left.server.reachable = false;
  right.server.reachable = false;
  storage.full = true;
  assert.equal(type(left, "1", "left"), false);
  storage.full = false;
  assert.equal(type(right, "2", "right"), true);
  assert.equal(type(left, "3", "left again"), true);
  const kept = draftStore(storage.source(), "7", "attempt:1").read();
  assert.deepEqual(Object.keys(kept).sort(), ["1", "2", "3"]);
});

test("a full storage refuses a newer text: the page sends the newer, not what the storage still holds", async () => {
  const one = tab();
  one.server.reachable = false;
  assert.equal(type(one, "3", "stored"), true);
  one.storage.full = true;
  assert.equal(type(one, "3", "newer"), false);
  one.server.reachable = true;
  await one.clock.pass(600);
  await settled();
  assert.equal(one.server.answers.q3, "newer");
  assert.equal(one.queue.pending(), false);
});

test("a phone that forbids storage, or holds something that is no draft, still sends", async () => {
  const forbidden = tab();
  forbidden.storage.forbidden = true;
  assert.equal(type(forbidden, "3", "ab"), false);
  await forbidden.clock.pass(600);
  await settled();
  assert.equal(forbidden.server.answers.q3, "ab");
  for (const odd of ["{", "null", ""]) {
    const one = tab();
    one.storage.setItem("imbas:7:attempt:1", odd);
    assert.equal(type(one, "3", "ab"), true);
    await one.clock.pass(600);
    await settled();
    assert.equal(one.server.answers.q3, "ab");
  }
});

test("another person on the same phone: nothing of the first is shown, sent or removed", async () => {
  const storage = new Storage();
  const ani = tab({ storage, person: "7" });
  ani.server.reachable = false;
  type(ani, "3", "Ani's");
  await ani.clock.pass(600);
  const budi = tab({ storage, person: "11" });
  assert.deepEqual(budi.queue.reopen(), {});
  type(budi, "3", "Budi's");
  await budi.clock.pass(600);
  await settled();
  assert.deepEqual(
    budi.server.requests.map((sent) => sent.q3),
    ["Budi's"],
  );
  const back = tab({ storage, person: "7" });
  assert.equal(await back.queue.flush(), "taken");
  assert.equal(back.server.answers.q3, "Ani's");
});

test("another person signed in while the page was open: the server knows, and the draft stays for its owner", async () => {
  for (const status of [400, 401]) {
    const one = tab();
    one.server.answer = () => [status, { message: "no" }];
    type(one, "3", "ab");
    await one.clock.pass(600);
    await settled();
    assert.deepEqual(one.last(), ["signIn"]);
    await one.clock.pass(DAY);
    assert.equal(one.server.requests.length, 1, "nobody is asked again before signing in");
    assert.equal(await one.queue.flush(), "waits");
    assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "ab"]]);
  }
});
