import { all, words } from "./dom.js";

/**
 * Show how many minutes are left, by the server's clock, whatever the phone's says.
 * data-until and data-now are the server's epoch in ms; data-text has "{}" for the minutes.
 * @param {HTMLElement} node
 */
function countdown(node) {
  const { until, now, text } = words(node);
  const left = Number(until) - Number(now);
  const start = performance.now();
  const show = () => {
    const minutes = Math.max(0, Math.ceil((left - (performance.now() - start)) / 60000));
    node.textContent = text.replace("{}", String(minutes));
    if (minutes > 0) {
      setTimeout(show, 10000);
    }
  };
  show();
}

/** Start every element with data-countdown. */
export function startCountdowns() {
  all("[data-countdown]").forEach(countdown);
}
