import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetArrivedForm } from "../../lms/web/static/scripts/arrived_form.js";
import { draftStore, forgetDrafts } from "../../lms/web/static/scripts/drafts.js";
import { Storage } from "./phone.js";

/** As the browser's: its names are its keys. */
function enumerable(storage) {
  return new Proxy(storage, {
    ownKeys: () => [...storage.entries.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

test("an entry set to null is gone, and a draft without entries leaves nothing", () => {
  const storage = new Storage();
  const draft = draftStore(storage.source(), "7", "keep:note");
  assert.equal(draft.update({ fields: [["a", "1"]], key: "k" }), true);
  assert.deepEqual([...storage.entries.keys()], ["imbas:7:keep:note"]);
  draft.update({ key: null });
  assert.deepEqual(draft.read(), { fields: [["a", "1"]] });
  draft.update({ fields: null });
  assert.equal(storage.entries.size, 0);
});

test("a form leaves the phone when the server has answered to its key, whoever typed it, and no other form does", () => {
  const storage = new Storage();
  for (const [person, key] of [
    ["7", "done"],
    ["11", "done"],
    ["7", "other"],
  ]) {
    draftStore(storage.source(), person, `keep:${key}`).update({ fields: [], key });
  }
  draftStore(storage.source(), "7", "attempt:1").update({ key: "done" });
  forgetArrivedForm(() => enumerable(storage), "a=b; __Secure-imbas_done=done; c=d");
  assert.deepEqual([...storage.entries.keys()].sort(), ["imbas:7:attempt:1", "imbas:7:keep:other"]);
  forgetArrivedForm(() => enumerable(storage), "session=1");
  forgetArrivedForm(() => {
    throw new DOMException("forbidden", "SecurityError");
  }, "imbas_done=other");
  assert.equal(storage.entries.size, 2);
});

test("one person's draft is forgotten, and not another's of the same name", () => {
  const storage = new Storage();
  draftStore(storage.source(), "7", "attempt:1").update({ 1: {} });
  draftStore(storage.source(), "11", "attempt:1").update({ 1: {} });
  forgetDrafts(storage.source(), "7", "attempt:1");
  assert.deepEqual([...storage.entries.keys()], ["imbas:11:attempt:1"]);
  storage.forbidden = true;
  forgetDrafts(storage.source(), "11", "attempt:1");
});
