import assert from "node:assert/strict";
import { test } from "node:test";
import { promised, settled } from "./phone.js";
import { Server, tab, type } from "./tab.js";

const DAY = 86400000;

test("what is typed is sent after a moment, once, and leaves the phone when the server has it", async () => {
  const one = tab();
  assert.equal(type(one, "3", "a"), true);
  type(one, "3", "ab");
  await one.clock.pass(599);
  assert.equal(one.server.requests.length, 0);
  await one.clock.pass(1);
  await settled();
  assert.deepEqual(one.server.requests, [{ csrf_token: "token", q3: "ab", "age-3": "1" }]);
  assert.deepEqual(one.last(), ["saved", "09.15"]);
  assert.equal(one.storage.entries.size, 0);
  assert.equal(one.queue.pending(), false);
});

test("without network it waits on the phone, is tried again ever more rarely, and is sent when the network is back", async () => {
  const one = tab();
  one.server.reachable = false;
  const tries = () => one.told.filter((word) => word[0] === "lost").length;
  type(one, "3", "ab");
  await one.clock.pass(600);
  assert.deepEqual(one.last(), ["lost"]);
  assert.equal(tries(), 1);
  await one.clock.pass(10 * 60000);
  assert.ok(tries() >= 20 && tries() <= 25, `${tries()} tries in ten minutes`);
  assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "ab"]]);
  one.server.reachable = true;
  await one.queue.send();
  assert.equal(one.server.answers.q3, "ab");
  assert.equal(one.queue.pending(), false);
  one.server.reachable = false;
  const before = tries();
  type(one, "4", "cd");
  await one.clock.pass(600 + 2000);
  assert.equal(tries(), before + 2, "after a success the pauses are short again");
});

test("a page that was closed without network sends all questions when it is opened again", async () => {
  const before = tab();
  before.server.reachable = false;
  type(before, "1", "A");
  type(before, "2", "B");
  await before.clock.pass(5000);
  const after = tab({ storage: before.storage });
  after.clock.wall = before.clock.wall + DAY;
  after.queue.reopen();
  assert.equal(await after.queue.flush(), "taken");
  assert.deepEqual(after.server.requests, [
    { csrf_token: "token", q1: "A", "age-1": "86405", q2: "B", "age-2": "86405" },
  ]);
});

test("the network is cut after the server took it: it is sent a second time, never lost", async () => {
  const server = new Server();
  const { fetch } = server;
  server.fetch = async (url, options) => {
    const answer = await fetch(url, options);
    if (server.requests.length === 1) {
      throw new TypeError("network changed");
    }
    return answer;
  };
  const one = tab({ server });
  type(one, "3", "ab");
  await one.clock.pass(600);
  assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "ab"]]);
  await one.clock.pass(2000);
  await settled();
  assert.deepEqual(
    server.requests.map((sent) => sent.q3),
    ["ab", "ab"],
  );
  assert.equal(one.queue.pending(), false);
});

test("typed anew while a request is under way: the answer does not remove the newer text", async () => {
  const one = tab();
  const first = promised();
  one.server.answer = (count) => (count === 1 ? first.promise : [200, { saved_at: "09.16" }]);
  type(one, "3", "old");
  await one.clock.pass(600);
  type(one, "3", "new");
  first.keep([200, { saved_at: "09.15" }]);
  await settled();
  await one.clock.pass(600);
  await settled();
  assert.deepEqual(
    one.server.requests.map((sent) => sent.q3),
    ["old", "new"],
  );
  assert.deepEqual(one.last(), ["saved", "09.16"]);
  assert.ok(!one.told.some((word) => word[1] === "09.15"), "nothing is called saved while newer text waits");
  assert.equal(one.queue.pending(), false);
});

test("a clock that is set back while an answer waits does not make it younger than it is", async () => {
  const one = tab();
  one.server.reachable = false;
  type(one, "3", "ab");
  await one.clock.pass(3 * 3600000);
  one.clock.wall -= DAY;
  one.server.reachable = true;
  await one.queue.send();
  assert.equal(one.server.answers["age-3"], String(3 * 3600));
});

test("a clock that is set forward makes an answer older: it yields to a later one, and is shown", async () => {
  const one = tab();
  one.server.reachable = false;
  type(one, "3", "mine");
  await one.clock.pass(600);
  one.clock.wall += 365 * DAY;
  one.server.reachable = true;
  one.server.answer = () => [200, { saved_at: "09.15", older: { 3: "09.10" } }];
  assert.equal(await one.queue.flush(), "untaken");
  assert.ok(Number(one.server.answers["age-3"]) >= 365 * 86400);
  const [, name, draft] = one.told.find((word) => word[0] === "older");
  assert.deepEqual([name, draft.older, draft.fields], ["3", "09.10", [["q3", "mine"]]]);
  assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "mine"]], "the text stays on the phone");
  assert.equal(one.queue.pending(), false, "and is not sent again");
});

test("a press that comes right after a note nobody can have read yet is stopped once", async () => {
  const one = tab();
  one.server.reachable = false;
  type(one, "3", "mine");
  await one.clock.pass(600);
  one.server.reachable = true;
  one.server.answer = () => [200, { saved_at: "09.15", older: { 3: "09.10" } }];
  await one.queue.send();
  assert.equal(one.queue.unread(), true);
  assert.equal(await one.queue.flush(), "untaken");
  assert.equal(one.queue.unread(), false);
  assert.equal(await one.queue.flush(), "taken");
});

test("a note that has stood for a while stops no press", async () => {
  const one = tab();
  one.server.answer = () => [409, { message: "Waktu habis." }];
  type(one, "3", "late");
  await one.clock.pass(600);
  assert.equal(one.queue.unread(), true);
  await one.clock.pass(2000);
  assert.equal(one.queue.unread(), false);
  assert.equal(await one.queue.flush(), "taken");
});

test("a draft from the future, of a clock that was set back since, has age 0 and no negative one", async () => {
  const before = tab();
  before.server.reachable = false;
  type(before, "3", "ab");
  const after = tab({ storage: before.storage });
  after.clock.wall = before.clock.wall - DAY;
  await after.queue.send();
  assert.equal(after.server.answers["age-3"], "0");
});

test("the time is up: what was refused is shown, not sent again, and counts when the page can be answered on again", async () => {
  const one = tab();
  one.server.answer = () => [409, { message: "Waktu habis." }];
  type(one, "3", "late");
  assert.equal(await one.queue.flush(), "untaken");
  assert.deepEqual(one.last(), ["refused", "Waktu habis."]);
  assert.equal(one.queue.pending(), false);
  const again = tab({ storage: one.storage });
  assert.deepEqual(Object.keys(again.queue.reopen()), ["3"]);
  assert.equal(await again.queue.flush(), "taken");
  assert.equal(again.server.answers.q3, "late");
});

test("a server that asks to wait is asked again when it said, and no draft is lost to an odd answer", async () => {
  const busy = tab();
  busy.server.answer = (count) =>
    count === 1 ? [503, undefined, { "Retry-After": "60" }] : [200, { saved_at: "09.15" }];
  type(busy, "3", "ab");
  await busy.clock.pass(600);
  assert.deepEqual(busy.last(), ["busy"]);
  await busy.clock.pass(59000);
  assert.equal(busy.server.requests.length, 1);
  await busy.clock.pass(1000);
  await settled();
  assert.equal(busy.queue.pending(), false);
  for (const [status, asked] of [
    [403, 1],
    [404, 1],
    [413, 1],
    [422, 1],
    [429, 2],
    [500, 2],
    [502, 2],
    [504, 2],
  ]) {
    const one = tab();
    one.server.answer = () => [status, undefined, { "Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT" }];
    type(one, "3", "ab");
    await one.clock.pass(600);
    assert.equal(one.last()[0], asked > 1 ? "busy" : "refused", `${status}`);
    await one.clock.pass(3000);
    assert.equal(one.server.requests.length, asked, `${status}`);
    assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "ab"]], `${status}`);
  }
});

test("the page leaves: what waits is handed to the browser and stays on the phone", async () => {
  const one = tab();
  type(one, "3", "ab");
  const handed = [];
  one.queue.leave((url, body) => handed.push([url, body.get("q3")]));
  assert.deepEqual(handed, [["/save", "ab"]]);
  assert.deepEqual(one.drafts.read()["3"].fields, [["q3", "ab"]]);
  const idle = tab();
  idle.queue.leave(() => assert.fail("nothing waits"));
});

test("a later answer from another phone is shown, unless something waits here", async () => {
  const one = tab();
  one.server.answer = () => [200, { at: 101 }];
  await one.queue.look();
  assert.deepEqual(one.last(), ["newer"]);
  const same = tab();
  same.server.answer = () => [200, { at: 100 }];
  await same.queue.look();
  assert.deepEqual(same.told, []);
  const typing = tab();
  typing.server.answer = () => [200, { at: 101 }];
  type(typing, "3", "ab");
  await typing.queue.look();
  assert.deepEqual([typing.told, typing.server.requests], [[], []]);
  const begun = tab();
  begun.server.answer = () => {
    type(begun, "3", "while the question is under way");
    return [200, { at: 101 }];
  };
  await begun.queue.look();
  assert.deepEqual(begun.told, []);
  const cut = tab();
  cut.server.reachable = false;
  await cut.queue.look();
  assert.deepEqual(cut.told, []);
});
