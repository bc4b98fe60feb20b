import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadQueue } from "../../lms/web/static/scripts/upload_queue.js";
import { Clock, File, settled } from "./phone.js";
import { Files, Server } from "./tus_server.js";

const DAY = 86400000;
const FORM = "/berkas/unggah/1";

function form({ server = new Server(), files = new Files(), clock = new Clock(), person = "7", maxBytes = 1000 } = {}) {
  const told = [];
  const names = [
    "added",
    "waits",
    "moves",
    "cut",
    "busy",
    "whole",
    "refused",
    "stopped",
    "signIn",
    "cancelled",
    "removed",
    "kept",
    "changed",
    "finished",
  ];
  const page = Object.fromEntries(names.map((name) => [name, (item, ...words) => told.push([name, item, ...words])]));
  let count = 0;
  const random = () => {
    count += 1;
    return `${person}-${clock.now()}-${count}`;
  };
  const queue = uploadQueue({ url: FORM, person, maxBytes, ask: server.ask, files, clock, random, page });
  const heard = (name) => told.filter((word) => word[0] === name);
  return { queue, server, files, clock, told, heard };
}

const photo = (name = "foto.jpg", size = 100) => new File([new Uint8Array(size)], name);

test("every file is announced before the first is sent, and leaves the phone when the server has it whole", async () => {
  const one = form();
  await one.queue.add(photo("a.jpg"), "");
  await one.queue.add(photo("b.jpg"), "");
  await one.clock.pass(1000);
  assert.deepEqual(one.server.requests, ["POST", "POST", "PATCH", "PATCH"]);
  assert.deepEqual([...one.server.uploads.values()], [100, 100]);
  assert.equal(one.heard("whole").length, 2);
  assert.equal(one.files.kept.size, 0);
  assert.equal(one.heard("finished").length, 1);
});

test("without network it waits, and goes on where it was when the network is back", async () => {
  const one = form();
  one.server.instead = (method, url) => {
    one.server.reachable = method !== "PATCH";
    if (method === "PATCH") {
      one.server.uploads.set(url, 40); // of 100
    }
    return one.server.reachable ? null : [0];
  };
  await one.queue.add(photo(), "");
  await one.clock.pass(10 * 60000);
  assert.ok(one.heard("cut").length >= 40, `${one.heard("cut").length} tries in ten minutes`);
  assert.equal(one.files.kept.size, 1);
  one.server.instead = () => null;
  one.server.reachable = true;
  one.queue.online();
  await one.clock.pass(1000);
  assert.equal(one.heard("whole").length, 1);
  assert.deepEqual([...one.server.uploads.values()], [100]);
});

test("a page that was closed goes on when it is opened again, also when it had been announced", async () => {
  for (const ms of [0, 1]) {
    const before = form();
    await before.queue.add(photo(), "");
    before.server.instead = (method) => (method === "PATCH" ? [503, {}] : null);
    await before.clock.pass(ms);
    const after = form({ files: before.files, server: before.server });
    before.server.instead = () => null;
    await after.queue.resume();
    await after.clock.pass(1000);
    assert.deepEqual([...after.server.uploads.values()], [100]);
    assert.equal(after.files.kept.size, 0);
  }
});

test("two tabs send the same file: one upload, whole", async () => {
  const left = form();
  await left.queue.add(photo(), "");
  const right = form({ files: left.files, server: left.server, clock: left.clock });
  await right.queue.resume();
  await left.clock.pass(60000);
  assert.deepEqual([...left.server.uploads.values()], [100]);
  assert.equal(left.files.kept.size, 0);
  assert.deepEqual([left.queue.waiting(), right.queue.waiting()], [[], []]);
});

test("a full phone sends from memory and says that the page must stay open", async () => {
  const one = form();
  one.files.full = true;
  await one.queue.add(photo(), "");
  assert.equal(one.heard("kept")[0][1].unkept, true);
  await one.clock.pass(1000);
  assert.deepEqual([...one.server.uploads.values()], [100]);
});

test("another person on the same phone: files are neither shown nor sent, and dropped after seven days", async () => {
  const ani = form({ person: "7" });
  await ani.queue.add(photo(), "");
  const soon = form({ person: "11", files: ani.files, clock: ani.clock });
  ani.clock.wall += 6 * DAY;
  await soon.queue.resume();
  assert.deepEqual([soon.told, soon.server.requests, ani.files.kept.size], [[], [], 1]);
  ani.clock.wall += 2 * DAY;
  await soon.queue.resume();
  await settled();
  assert.deepEqual([soon.told, soon.server.requests, ani.files.kept.size], [[], [], 0]);
});

test("a clock that jumps ahead by years does not drop the person's own files unsent", async () => {
  const before = form();
  before.clock.wall = 0;
  await before.queue.add(photo(), "");
  const after = form({ files: before.files });
  await after.queue.resume();
  await after.clock.pass(1000);
  assert.deepEqual([...after.server.uploads.values()], [100]);
});

test("a clock that is set back does not prolong the pause that the server asked for", async () => {
  const one = form();
  await one.queue.add(photo(), "");
  let refusals = 1;
  one.server.instead = (method) => (method === "PATCH" && refusals-- > 0 ? [503, { "Retry-After": "20" }] : null);
  await one.clock.pass(100);
  one.clock.wall -= DAY;
  await one.clock.pass(19000);
  assert.equal(one.heard("whole").length, 0);
  await one.clock.pass(2000);
  assert.equal(one.heard("whole").length, 1);
});

test("a server that refuses six times leaves it to the person, who may press again", async () => {
  const one = form();
  one.server.instead = (method) => (method === "PATCH" ? [507, { text: '{"message": "Penuh."}' }] : null);
  await one.queue.add(photo("a.jpg"), "");
  await one.clock.pass(10 * 60000);
  const [[, item, message]] = one.heard("stopped");
  assert.deepEqual([message, one.queue.waiting(), one.files.kept.size], ["Penuh.", [], 1]);
  one.server.instead = () => null;
  one.queue.again(item);
  await one.clock.pass(1000);
  assert.equal(one.heard("whole").length, 1);
});

test("nobody is signed in, or somebody else: the file stays on the phone", async () => {
  for (const status of [400, 401]) {
    const one = form();
    one.server.instead = () => [status, {}];
    await one.queue.add(photo(), "");
    await one.clock.pass(DAY);
    assert.deepEqual(one.server.requests, ["POST"]);
    assert.deepEqual([one.heard("signIn").length, one.files.kept.size], [1, 1]);
  }
});

test("cancelled at any step, it is gone from the phone and from the server", async () => {
  for (const moment of ["POST", "PATCH", "between"]) {
    const one = form();
    await one.queue.add(photo(), "");
    const [item] = one.queue.items;
    one.server.instead = (method) => {
      if (method === moment) {
        one.server.instead = () => null;
        one.queue.cancel(item);
      }
      return method === "PATCH" ? [503, {}] : null;
    };
    await one.clock.pass(moment === "between" ? 1 : 0);
    if (moment === "between") {
      one.server.instead = () => null;
      one.queue.cancel(item);
    }
    await one.clock.pass(60000);
    assert.deepEqual([one.server.uploads.size, one.files.kept.size, one.queue.items], [0, 0, []], moment);
  }
});

test("cancelled while it is being announced without network, nothing more is said of it", async () => {
  for (const status of [0, 413, 503]) {
    const one = form();
    await one.queue.add(photo(), "");
    one.server.instead = () => {
      one.queue.cancel(one.queue.items[0]);
      one.server.instead = () => null;
      return [status, {}];
    };
    await one.clock.pass(60000);
    assert.equal(
      one.told.findLastIndex((word) => word[1]),
      one.told.findIndex((word) => word[0] === "removed"),
      `${status}`,
    );
  }
});

test("forgotten by the server it begins anew, ended there it is refused, damaged it is sent a second time", async () => {
  const times = (status, count) => {
    let left = count;
    return (server) => (method, url) => {
      if (method !== "PATCH" || left === 0) {
        return null;
      }
      left -= 1;
      if (status === 410) {
        server.uploads.delete(url);
      }
      return [status, {}];
    };
  };
  const outcome = async (status, count) => {
    const one = form();
    one.server.instead = times(status, count)(one.server);
    await one.queue.add(photo(), "");
    await one.clock.pass(60000);
    const [refused] = one.heard("refused");
    return refused ? refused[2] : one.heard("whole").length;
  };
  assert.equal(await outcome(404, 1), "gone");
  assert.equal(await outcome(410, 1), 1);
  assert.equal(await outcome(413, 1), "large");
  assert.equal(await outcome(415, 1), "refused");
  assert.equal(await outcome(409, 1), 1);
  assert.equal(await outcome(460, 1), 1);
  assert.equal(await outcome(460, 2), "refused");
});

test("too large a file is refused before anything is sent", async () => {
  const one = form();
  await one.queue.add(photo("a.jpg", 1001), "");
  await one.clock.pass(1000);
  assert.deepEqual([one.server.requests, one.heard("refused")[0][2], one.files.kept.size], [[], "large", 0]);
});
