import { all, words } from "./dom.js";

const FIRST_LOOK = 300;
const LONGEST_PAUSE = 5000;

/** @param {number} ms */
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Ask once how far the worker is, and show it.
 * @param {HTMLElement} node
 * @returns {Promise<boolean>} whether it has ended
 */
async function look(node) {
  const answer = await fetch(words(node).poll, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  const data = await answer.json();
  const bar = node.querySelector("progress");
  const text = node.querySelector("[data-poll-text]");
  if (bar && data.max) {
    bar.max = data.max;
    bar.value = data.value;
  }
  if (text && data.text) {
    text.textContent = data.text;
  }
  return data.done;
}

/**
 * Ask until the worker is done, ever more rarely, then show the page anew.
 * @param {HTMLElement} node with data-poll=URL; a progress bar inside follows value and max, [data-poll-text] the text
 */
async function poll(node) {
  let pause = Number(node.dataset.pollEvery || 700);
  await wait(FIRST_LOOK);
  for (;;) {
    try {
      if (await look(node)) {
        location.reload();
        return;
      }
      await wait(pause);
      pause = Math.min(pause * 1.2, LONGEST_PAUSE);
    } catch (_error) {
      // no network, or an answer that is none
      await wait(LONGEST_PAUSE);
      pause = 1000;
    }
  }
}

/** Start every element with data-poll; data-poll-every is the first pause in ms. */
export function startPolling() {
  all("[data-poll]").forEach((node) => {
    poll(node);
  });
}
