import { words } from "./dom.js";

const DAY = 86400000;
const PATIENCE = 5000;

/**
 * When the time is up, send what is left and show the page anew.
 * @param {HTMLElement} node with data-until and data-now: the server's epoch in ms
 * @param {{ send(): Promise<void> }[]} queues of this page
 */
export function sendWhenTimeIsUp(node, queues) {
  const { until, now } = words(node);
  const left = Number(until) - Number(now);
  const reload = () => {
    if (navigator.onLine) {
      location.reload();
    }
  };
  if (left > 0 && left < DAY) {
    setTimeout(() => {
      Promise.all(queues.map((queue) => queue.send())).then(reload);
      setTimeout(reload, PATIENCE);
    }, left + 200);
  }
}
