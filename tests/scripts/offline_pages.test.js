import assert from "node:assert/strict";
import { test } from "node:test";
import { offlinePages } from "../../lms/web/static/scripts/offline_pages.js";
import { Caches } from "./offline_phone.js";

const DAY = 86400000;
const HTML = (hash) =>
  `<h1 id="a">Visit &amp; note</h1><link href="/static/app.${hash}.css"><script src="/static/app.${hash}.js"></script>`;

/** A phone, a clock that can be set, and a server with one page at each address. */
function phone() {
  const one = { caches: new Caches(), wall: 1602900000000, person: "7", hash: "aaa", answers: {}, asked: [] };
  one.pages = offlinePages({
    caches: () => one.caches,
    origin: "https://imbas.id",
    now: () => one.wall,
    fetch: async (url) => {
      one.asked.push(url);
      if (one.answers[url]) {
        return one.answers[url]();
      }
      if (url.startsWith("/static/")) {
        return new Response(`file ${url}`);
      }
      const headers = {
        "X-Imbas-Offline": `${one.person} Selasa%2C%2014.03`,
        "Content-Security-Policy": "default-src 'none'",
      };
      return new Response(HTML(one.hash), { headers });
    },
  });
  return one;
}

const text = async (found) => found && (await found.text());

test("a kept page is found with all it needs, its policy, its title and when it was kept", async () => {
  const one = phone();
  assert.equal(await one.pages.keep("https://imbas.id/visit/3"), "kept");
  const found = await one.pages.find("https://imbas.id/visit/3#top");
  assert.equal(await text(found), HTML("aaa"));
  assert.equal(found.headers.get("Content-Security-Policy"), "default-src 'none'");
  assert.equal(await text(await one.pages.file("/static/app.aaa.js")), "file /static/app.aaa.js");
  assert.deepEqual(await one.pages.list(), [{ address: "/visit/3", title: "Visit &amp; note", when: "Selasa, 14.03" }]);
});

test("a page is the same in each language, and another one with another query", async () => {
  const one = phone();
  await one.pages.keep("/visit/3?lang=en");
  assert.ok(await one.pages.find("/visit/3"));
  assert.ok(await one.pages.find("/visit/3?lang=id"));
  assert.equal(await one.pages.find("/visit/3?hal=2"), undefined);
});

test("only what the server marks is kept: no other page, no redirect, no refusal", async () => {
  const one = phone();
  one.answers["/nilai"] = () => new Response("<p>marks");
  one.answers["/gone"] = () => new Response("gone", { status: 404, headers: { "X-Imbas-Offline": "7 x" } });
  one.answers["/moved"] = () =>
    Object.defineProperty(new Response("elsewhere", { headers: { "X-Imbas-Offline": "7 x" } }), "redirected", {
      value: true,
    });
  for (const address of ["/nilai", "/gone", "/moved"]) {
    assert.equal(await one.pages.keep(address), "refused");
    assert.equal(await one.pages.find(address), undefined);
  }
  assert.deepEqual(await one.pages.list(), []);
});

test("a page that is no longer its reader's leaves the phone", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.answers["/visit/3"] = () => new Response("not for you", { status: 403 });
  assert.equal(await one.pages.keep("/visit/3"), "refused");
  assert.equal(await one.pages.find("/visit/3"), undefined);
});

test("without a network, or with a server in trouble, the kept page stays", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.answers["/visit/3"] = () => new Response("busy", { status: 503 });
  assert.equal(await one.pages.keep("/visit/3"), "lost");
  one.answers["/visit/3"] = () => {
    throw new TypeError("Failed to fetch");
  };
  assert.equal(await one.pages.keep("/visit/3"), "lost");
  assert.ok(await one.pages.find("/visit/3"));
});

test("new scripts: the old page keeps its old ones, the new page brings its own, nothing is left over", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.hash = "bbb";
  await one.pages.keep("/visit/4");
  assert.ok(await one.pages.file("/static/app.aaa.js"));
  assert.ok(await one.pages.file("/static/app.bbb.js"));
  await one.pages.keep("/visit/3");
  assert.equal(await one.pages.file("/static/app.aaa.js"), undefined);
  assert.ok(await one.pages.file("/static/app.bbb.js"));
});

test("scripts that cannot be fetched: the page does not count as kept", async () => {
  const one = phone();
  one.answers["/static/app.aaa.js"] = () => {
    throw new TypeError("Failed to fetch");
  };
  assert.equal(await one.pages.keep("/visit/3"), "lost");
  assert.equal(await one.pages.find("/visit/3"), undefined);
});

test("a script that the server no longer has: an answer of 404 is not kept as one", async () => {
  const one = phone();
  one.answers["/static/app.aaa.js"] = () => new Response("gone", { status: 404 });
  assert.equal(await one.pages.keep("/visit/3"), "lost");
  assert.equal(await one.pages.file("/static/app.aaa.js"), undefined);
});

test("whoever comes next on a shared phone finds nothing of the last person", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.person = "11";
  await one.pages.keep("/visit/5");
  await one.pages.forgetOthers("11");
  assert.equal(await one.pages.find("/visit/3"), undefined);
  assert.ok(await one.pages.find("/visit/5"));
  await one.pages.forgetOthers("");
  assert.deepEqual(await one.pages.list(), []);
  assert.equal(await one.pages.file("/static/app.aaa.js"), undefined);
});

test("a page that was on its way when its person signed out is not kept after them", async () => {
  const one = phone();
  const file = one.answers;
  file["/static/app.aaa.js"] = () => {
    one.pages.forgetOthers("");
    return new Response("script");
  };
  await one.pages.keep("/visit/3");
  assert.equal(await one.pages.find("/visit/3"), undefined);
  await one.pages.forgetOthers("7");
  delete file["/static/app.aaa.js"];
  await one.pages.keep("/visit/3");
  assert.ok(await one.pages.find("/visit/3"));
});

test("who removes the pages and stays can keep them again", async () => {
  const one = phone();
  await one.pages.forgetOthers("7");
  await one.pages.keep("/visit/3");
  await one.pages.forget();
  assert.deepEqual(await one.pages.list(), []);
  assert.equal(await one.pages.keep("/visit/3"), "kept");
  assert.equal((await one.pages.list()).length, 1);
});

test("a page is shown for 14 days; a clock that was set back takes none away", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.wall += 14 * DAY;
  assert.ok(await one.pages.find("/visit/3"));
  one.wall -= 300 * DAY;
  assert.ok(await one.pages.find("/visit/3"));
  one.wall += 301 * DAY;
  assert.equal(await one.pages.find("/visit/3"), undefined);
  assert.deepEqual(await one.pages.list(), []);
  await one.pages.forgetOthers("7");
  const pages = await one.caches.open("imbas-pages:7");
  assert.deepEqual(await pages.keys(), [], "and is gone at the next opportunity");
});

test("a full phone says so, and keeps what it had", async () => {
  const one = phone();
  await one.pages.keep("/visit/3");
  one.caches.full = true;
  one.hash = "bbb";
  assert.equal(await one.pages.keep("/visit/3"), "full");
  assert.equal(await text(await one.pages.find("/visit/3")), HTML("aaa"));
  assert.ok(await one.pages.file("/static/app.aaa.js"));
});
