/** @typedef {import("./tus_request.js").Answer} Answer */
/** @typedef {import("./waiting_files.js").KeptFile} KeptFile */

/**
 * @typedef {object} Progress how far a file is
 * @property {number} here bytes that the server has
 * @property {number} [best] the most it ever had
 * @property {boolean} [over] ended: whole, or refused for good
 * @property {boolean} [done] whole on the server
 * @property {boolean} [stopped] the server said no often enough: the person decides
 * @property {boolean} [unkept] lies in memory only
 * @property {boolean} [fresh] `here` is what the server said last
 * @property {boolean} [twice] came damaged once and is sent again
 * @property {boolean} [ending] the server is told that it was cancelled
 * @property {number} [tries] how often the server asked to wait
 * @property {number} [until] not before, by the clock that nobody sets
 * @property {number} [alive] when something was last heard of it, by the same clock
 * @property {(() => void) | null} [abort] gives up what is under way
 */
/** @typedef {KeptFile & Progress} Upload */

/**
 * @typedef {object} UploadMeans
 * @property {string} url where an upload begins
 * @property {import("./tus_request.js").Ask} ask
 * @property {import("./clock.js").Clock} clock
 * @property {(item: Upload) => void} moves told whenever so many bytes are left
 */

const SILENT = 45000;
const LOOK = 5000;

/** @param {string} words */
const in64 = (words) => btoa(unescape(encodeURIComponent(words)));

/**
 * A file that was just chosen.
 * @param {{ person: string, page: string, file: File, sha256: string, at: number, random: () => string }} chosen
 * @returns {Upload}
 */
export const newUpload = ({ person, page, file, sha256, at, random }) => ({
  id: `${person}:${random()}`,
  key: random(),
  person,
  page,
  file,
  name: file.name,
  sha256,
  url: "",
  at,
  here: 0,
});

/**
 * How many bytes the server has, as an answer says.
 * @param {Answer} answer
 */
export const offsetIn = (answer) => Number(answer.header("Upload-Offset"));

/**
 * @param {UploadMeans} means
 * @param {Upload} item
 */
const askOffset = async (means, item) => {
  const answer = await means.ask("HEAD", item.url, {});
  if (answer.status === 200 && offsetIn(answer) !== item.here) {
    item.here = offsetIn(answer);
    item.alive = means.clock.elapsed();
  }
  return answer;
};

/**
 * @param {UploadMeans} means
 * @param {Upload} item
 */
const begin = async (means, item) => {
  const hash = item.sha256 ? `,sha256 ${in64(item.sha256)}` : "";
  const answer = await means.ask("POST", means.url, {
    "Upload-Length": String(item.file.size),
    "Upload-Metadata": `filename ${in64(item.name)}${hash}`,
    "X-Idempotency-Key": item.key,
  });
  if (answer.status === 201) {
    item.url = answer.header("Location") || "";
    item.here = offsetIn(answer);
    item.fresh = true;
  }
  return answer;
};

/**
 * While a file travels: bytes left are what the server has not yet got, not what the phone has handed to its
 * modem. A transfer of which nothing was heard for long is given up.
 * @param {UploadMeans} means
 * @param {Upload} item
 */
const watch = (means, item) => {
  let watched = 0;
  let ended = false;
  const look = async () => {
    if (means.clock.elapsed() - (item.alive || 0) > SILENT && item.abort) {
      item.abort();
      return;
    }
    await askOffset(means, item);
    if (!ended) {
      means.moves(item);
      watched = means.clock.later(look, LOOK);
    }
  };
  watched = means.clock.later(look, LOOK);
  return () => {
    ended = true;
    means.clock.cancel(watched);
  };
};

/**
 * @param {UploadMeans} means
 * @param {Upload} item
 */
const proceed = async (means, item) => {
  means.moves(item);
  item.alive = means.clock.elapsed();
  item.fresh = false;
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(item.here) };
  const sent = means.ask("PATCH", item.url, headers, item.file.slice(item.here), {
    running: (abort) => {
      item.abort = abort;
    },
    progress: () => {
      item.alive = means.clock.elapsed();
    },
  });
  const unwatch = watch(means, item);
  const answer = await sent;
  unwatch();
  return answer;
};

/**
 * Take the next step of one upload: begin it, ask how far it is, send the rest, or end it.
 * @param {UploadMeans} means
 * @param {Upload} item
 * @returns {Promise<Answer>}
 */
export const step = async (means, item) => {
  if (item.cancelled) {
    item.ending = true;
    return means.ask("DELETE", item.url, {});
  }
  if (!item.url) {
    return begin(means, item);
  }
  if (item.fresh) {
    return proceed(means, item);
  }
  const answer = await askOffset(means, item);
  item.fresh = answer.status === 200;
  return answer;
};
