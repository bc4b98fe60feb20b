/**
 * @typedef {object} PhonePages where pages are kept, and how they are fetched
 * @property {() => CacheStorage} caches a phone may refuse to give one
 * @property {(url: string, options?: RequestInit) => Promise<Response>} fetch
 * @property {() => number} now ms since 1970, as the phone believes
 * @property {string} origin of our own pages
 */
/** @typedef {"kept" | "lost" | "refused" | "full"} Keeping lost: no network; refused: not a page to be kept, or no longer */
/** @typedef {{ address: string, title: string, when: string }} KeptPage the title as HTML */

/** How long a page is shown without a network after it came from the server, in ms. */
const LASTING = 14 * 86400000;
const PAGES = "imbas-pages:";
const FILES = "imbas-static";
const STATIC = /(?:src|href)="(\/static\/[^"]+)"/g;
const TITLE = /<h1[^>]*>([\s\S]*?)<\/h1>/;
const UNFIT = ["content-encoding", "content-length", "set-cookie"];

/**
 * Pages that open without a network, with the scripts and styles that they name by hash.
 *
 * The server marks a page that may be kept with the number of the person it was made for, and nothing else is kept. A page
 * lies in a cache of that person: there are pages of one person on a phone at a time, since whoever comes next removes them.
 * @param {PhonePages} phone
 */
export function offlinePages({ caches, fetch, now, origin }) {
  /** @type {string | null} who is here, as far as is known */
  let here = null;

  /**
   * A page is the same in each language, and at each of its headings.
   * @param {string} url
   */
  const addressOf = (url) => {
    const found = new URL(url, origin);
    found.searchParams.delete("lang");
    return found.pathname + found.search;
  };
  const owners = async () => (await caches().keys()).filter((name) => name.startsWith(PAGES));

  /** @param {Response} page a phone whose clock was set back keeps it longer, which costs nobody anything */
  const isOver = (page) => now() - Number(page.headers.get("X-Imbas-Kept")) > LASTING;

  /** @param {(pages: Cache, address: string, page: Response) => Promise<any> | void} look */
  const each = async (look) => {
    for (const name of await owners()) {
      const pages = await caches().open(name);
      for (const request of await pages.keys()) {
        const page = await pages.match(request);
        if (page) {
          await look(pages, addressOf(request.url), page);
        }
      }
    }
  };

  /** Remove pages that are over, and files that no kept page names. */
  const sweep = async () => {
    /** @type {string[]} */
    const named = [];
    await each((pages, address, page) => {
      named.push(...(isOver(page) ? "" : page.headers.get("X-Imbas-Files") || "").split(" "));
      return isOver(page) ? pages.delete(address) : undefined;
    });
    const files = await caches().open(FILES);
    for (const request of await files.keys()) {
      if (!named.includes(new URL(request.url).pathname)) {
        await files.delete(request);
      }
    }
  };

  /** @param {string} address */
  const drop = async (address) => {
    for (const name of await owners()) {
      await (await caches().open(name)).delete(address);
    }
  };

  /**
   * @param {Response} answer
   * @param {string} person
   * @param {string} address
   */
  const store = async (answer, person, address) => {
    const html = await answer.text();
    const named = Array.from(new Set((html.match(STATIC) || []).map((found) => found.replace(STATIC, "$1"))));
    const files = await caches().open(FILES);
    for (const file of named) {
      if (!(await files.match(file))) {
        const found = await fetch(file);
        if (!found.ok) {
          throw new Error(file);
        }
        await files.put(file, found);
      }
    }
    const headers = new Headers();
    answer.headers.forEach((value, name) => {
      if (!UNFIT.includes(name)) {
        headers.set(name, value);
      }
    });
    headers.set("X-Imbas-Kept", String(now()));
    headers.set("X-Imbas-Files", named.join(" "));
    headers.set("X-Imbas-Title", encodeURIComponent((TITLE.exec(html) || ["", ""])[1]));
    await (await caches().open(PAGES + person)).put(address, new Response(html, { headers }));
    if (here !== null && here !== person) {
      await caches().delete(PAGES + person); // they went while their page was on its way
    }
  };

  return {
    addressOf,

    /**
     * Fetch a page and keep it, in place of what was kept of it before.
     * @param {string} url
     * @returns {Promise<Keeping>}
     */
    async keep(url) {
      const address = addressOf(url);
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        const [person] = (answer.headers.get("X-Imbas-Offline") || "").split(" ");
        if (answer.ok && person && !answer.redirected) {
          await store(answer, person, address);
          await sweep();
          return "kept";
        }
        if (answer.status >= 500 || answer.status === 429) {
          return "lost";
        }
        await drop(address);
        return "refused";
      } catch (error) {
        return /** @type {Error} */ (error).name === "QuotaExceededError" ? "full" : "lost";
      }
    },

    /**
     * @param {string} url
     * @returns {Promise<Response | undefined>}
     */
    async find(url) {
      const address = addressOf(url);
      for (const name of await owners()) {
        const page = await (await caches().open(name)).match(address);
        if (page && !isOver(page)) {
          return page;
        }
      }
      return undefined;
    },

    /**
     * @param {string} url
     * @returns {Promise<Response | undefined>}
     */
    file: async (url) => (await caches().open(FILES)).match(url),

    /** @returns {Promise<KeptPage[]>} */
    async list() {
      /** @type {KeptPage[]} */
      const found = [];
      await each((_pages, address, page) => {
        if (!isOver(page)) {
          const when = (page.headers.get("X-Imbas-Offline") || "").split(" ")[1] || "";
          const title = page.headers.get("X-Imbas-Title") || "";
          found.push({ address, title: decodeURIComponent(title), when: decodeURIComponent(when) });
        }
      });
      return found;
    },

    /** Remove all pages of whoever is here, and stays. */
    async forget() {
      for (const name of await owners()) {
        await caches().delete(name);
      }
      await sweep();
    },

    /**
     * Remove the pages of everybody but this person; "" stands for nobody.
     * @param {string} person
     */
    async forgetOthers(person) {
      here = person;
      for (const name of await owners()) {
        if (name !== PAGES + person) {
          await caches().delete(name);
        }
      }
      await sweep();
    },
  };
}
