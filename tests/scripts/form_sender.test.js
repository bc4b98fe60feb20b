import assert from "node:assert/strict";
import { test } from "node:test";
import { formSender } from "../../lms/web/static/scripts/form_sender.js";
import { unsentOf } from "../../lms/web/static/scripts/offline_forms.js";
import { OfflineServer, phone, queue, states } from "./offline_phone.js";

test("without a network a form waits as it is, and is sent when there is one", async () => {
  const one = phone();
  queue(one, "a");
  one.server.reachable = false;
  assert.equal(await one.sender.send(), "lost");
  assert.deepEqual(states(one), { a: "waiting" });
  assert.equal(one.forms.rows.get("7:a").tried, undefined, "nothing left the phone, so it can still be changed");
  one.server.reachable = true;
  assert.equal(await one.sender.send(), "sent");
  assert.deepEqual(one.server.notes, ["a"]);
  const [receipt] = one.forms.rows.values();
  assert.deepEqual([receipt.state, receipt.arrived, receipt.fields], ["arrived", "at 1", []]);
});

test("an answer that was lost: the same form under the same key, taken once, with its first receipt", async () => {
  const one = phone();
  queue(one, "a");
  one.server.losing = true;
  assert.equal(await one.sender.send(), "lost");
  assert.equal(one.forms.rows.get("7:a").tried, true, "it may have arrived");
  queue(one, "b");
  one.server.losing = false;
  assert.equal(await one.sender.send(), "sent");
  assert.deepEqual(one.server.notes, ["a", "b"]);
  assert.deepEqual(
    one.server.posts.map((post) => post._key),
    ["hp.a", "hp.a", "hp.b"],
  );
  assert.equal([...one.forms.rows.values()].find((row) => row.name === "a").arrived, "at 1");
});

test("forms go in the order in which they were queued, whatever the clock or the storage says", async () => {
  const one = phone();
  queue(one, "third", { order: 3 });
  queue(one, "first", { order: 1 });
  queue(one, "second", { order: 2 });
  await one.sender.send();
  assert.deepEqual(one.server.notes, ["first", "second", "third"]);
});

test("a form whose answer was lost is not overtaken by the next one", async () => {
  const one = phone();
  queue(one, "a");
  queue(one, "b");
  one.server.between = () => {
    one.server.losing = one.server.posts.length === 0;
  };
  assert.equal(await one.sender.send(), "lost");
  assert.deepEqual(states(one), { a: "waiting", b: "waiting" });
  assert.deepEqual(one.server.notes, ["a"]);
});

test("a refused form keeps its text and the reasons, and holds nobody up", async () => {
  const one = phone();
  queue(one, "a");
  queue(one, "b");
  const take = one.server.say;
  one.server.say = ({ note }) =>
    note === "a" ? [422, { message: "Too long.", fields: { note: "At most 3." } }] : [200, { arrived: "now" }];
  assert.equal(await one.sender.send(), "sent");
  const refused = one.forms.rows.get("7:a");
  assert.equal(refused.state, "refused");
  assert.deepEqual(
    [refused.message, refused.faults, refused.fields],
    ["Too long.", { note: "At most 3." }, [["note", "a"]]],
  );
  assert.equal(refused.tried, false, "it can be corrected");
  assert.equal(states(one).b, "arrived");
  one.server.say = take;
  assert.equal(await one.sender.send(), "sent");
  assert.equal(one.server.posts.length, 2, "not sent again by itself");
});

test("a form that the server no longer knows is refused, not lost: 400, 403, 404, 409, 413", async () => {
  for (const status of [400, 403, 404, 409, 413]) {
    const one = phone();
    queue(one, "a");
    one.server.say = () => [status, { message: `because of ${status}` }];
    await one.sender.send();
    const row = one.forms.rows.get("7:a");
    assert.deepEqual([row.state, row.message, row.fields], ["refused", `because of ${status}`, [["note", "a"]]]);
  }
});

test("somebody else is signed in: nothing of the first person is sent, shown as sent, or changed", async () => {
  const one = phone({ server: new OfflineServer("11") });
  queue(one, "ani's");
  queue(one, "budi's", { person: "11" });
  const before = structuredClone(one.forms.rows.get("7:ani's"));
  assert.equal(await one.sender.send(), "sent");
  assert.deepEqual(one.server.notes, ["budi's"]);
  assert.deepEqual(one.forms.rows.get("7:ani's"), before);
  one.server.person = "7";
  await one.sender.send();
  assert.deepEqual(
    [...one.server.taken.values()].map((found) => found.by),
    ["11", "7"],
  );
});

test("the phone changes hands between the token and the form: the server refuses the token, and the form waits", async () => {
  const one = phone();
  queue(one, "a");
  queue(one, "b");
  one.server.between = () => {
    one.server.person = "11";
  };
  assert.equal(await one.sender.send(), "signIn");
  assert.deepEqual(one.server.notes, []);
  assert.deepEqual(states(one), { a: "waiting", b: "waiting" });
});

test("the session has ended: forms wait, and are sent after signing in again", async () => {
  const one = phone({ server: new OfflineServer("") });
  queue(one, "a");
  assert.equal(await one.sender.send(), "signIn");
  assert.equal(one.server.posts.length, 0);
  one.server.person = "7";
  assert.equal(await one.sender.send(), "sent");
  assert.deepEqual(one.server.notes, ["a"]);
});

test("a server that asks to wait is asked again for ever", async () => {
  const one = phone();
  queue(one, "a");
  for (const status of [429, 502, 503, 504, 503, 503, 503]) {
    one.server.say = () => [status, "<h1>Later</h1>"];
    assert.equal(await one.sender.send(), "busy");
    assert.deepEqual(states(one), { a: "waiting" });
  }
});

test("a server that always fails on one form: the others go, the form comes back to its person with its text", async () => {
  const one = phone();
  queue(one, "bad");
  queue(one, "good");
  one.server.say = ({ note }) => (note === "bad" ? [500, { message: "bug" }] : [200, { arrived: "now" }]);
  assert.equal(await one.sender.send(), "busy");
  assert.equal(states(one).good, "arrived");
  for (let turn = 0; turn < 4; turn += 1) {
    await one.sender.send();
  }
  assert.deepEqual(one.forms.rows.get("7:bad").fields, [["note", "bad"]]);
  assert.equal(states(one).bad, "refused");
});

test("a network that answers in the server's place is no receipt", async () => {
  const one = phone();
  queue(one, "a");
  one.server.say = () => [200, "<h1>Welcome to the hotel</h1>"];
  assert.equal(await one.sender.send(), "busy");
  assert.deepEqual(states(one), { a: "waiting" });
  const portal = phone();
  queue(portal, "a");
  portal.server.fetch = null;
  const sender = formSender({ forms: portal.forms, fetch: async () => new Response("<h1>Pay</h1>"), changed() {} });
  assert.equal(await sender.send(), "busy");
  assert.deepEqual(states(portal), { a: "waiting" });
});

test("two pages ask at once: one run, nothing twice; what is queued meanwhile follows", async () => {
  const one = phone();
  queue(one, "a");
  let more = true;
  one.server.between = () => {
    if (more) {
      more = false;
      queue(one, "b");
      one.sender.send();
    }
  };
  const [left, right] = await Promise.all([one.sender.send(), one.sender.send()]);
  assert.deepEqual([left, right], ["sent", "sent"]);
  assert.deepEqual(
    one.server.posts.map((post) => post.note),
    ["a", "b"],
  );
});

test("two workers, the old and the new version of the script: the server takes each form once", async () => {
  const one = phone();
  const other = phone({ forms: one.forms, server: one.server });
  queue(one, "a");
  queue(one, "b");
  await Promise.all([one.sender.send(), other.sender.send()]);
  assert.deepEqual(one.server.notes, ["a", "b"]);
  assert.deepEqual(Object.values(states(one)), ["arrived", "arrived"]);
});

test("a phone that went off while it sent goes on with the same key", async () => {
  const one = phone();
  queue(one, "a", { state: "sending" });
  one.server.taken.set("hp.a", { by: "7", note: "a", at: "at 1" });
  assert.equal(await one.sender.send(), "sent");
  assert.equal(one.server.taken.size, 1);
  assert.deepEqual(states(one), { a: "arrived" });
});

test("what its person has taken back is not sent, nor is a draft", async () => {
  const one = phone();
  queue(one, "draft", { state: "draft" });
  queue(one, "first");
  queue(one, "taken back");
  one.server.between = () => {
    const row = one.forms.rows.get("7:taken back");
    one.forms.rows.set(row.id, Object.assign(row, { state: "draft" }));
  };
  await one.sender.send();
  assert.deepEqual(one.server.notes, ["first"]);
  assert.deepEqual(states(one), { draft: "draft", first: "arrived", "taken back": "draft" });
});

test("a form that was filled anew while its forerunner was under way is another form", async () => {
  const one = phone();
  const id = queue(one, "a");
  one.server.between = () =>
    one.forms.rows.set(id, Object.assign({}, one.forms.rows.get(id), { key: "hp.new", state: "draft" }));
  await one.sender.send();
  assert.equal(one.forms.rows.get(id).key, "hp.new");
  assert.equal(one.forms.rows.get(id).state, "draft");
});

test("a full phone sends all the same", async () => {
  const one = phone();
  queue(one, "a");
  one.forms.full = true;
  assert.equal(await one.sender.send(), "sent");
  assert.deepEqual(one.server.notes, ["a"]);
});

test("at sign-out drafts, waiting and refused forms of this person count, receipts and others' forms do not", async () => {
  const one = phone();
  ["draft", "waiting", "sending", "refused", "arrived"].forEach((state) => queue(one, state, { state }));
  queue(one, "another's", { person: "11" });
  const left = unsentOf(await one.forms.all(), "7").map((form) => form.name);
  assert.deepEqual(left, ["draft", "waiting", "sending", "refused"]);
});
