/*
 * On every page. Enhancement only: every page works without it.
 *
 * data-focus              takes the focus when the page opens (error summary)
 * data-poll=URL           asks until {"done": true}, then reloads (scripts/poll.js)
 * data-countdown          minutes left by the server's clock (scripts/countdown.js)
 * data-keys               form: graded by keys (scripts/desk_keys.js)
 * form[method=post]       a second press does nothing until the page is shown again (scripts/submit_once.js)
 */
import { forgetArrivedForm } from "./scripts/arrived_form.js";
import { startCountdowns } from "./scripts/countdown.js";
import { startDeskKeys } from "./scripts/desk_keys.js";
import { all } from "./scripts/dom.js";
import { startPolling } from "./scripts/poll.js";
import { submitOnce } from "./scripts/submit_once.js";
import { tellWorker } from "./scripts/tell_worker.js";

all("[data-focus]")
  .slice(0, 1)
  .forEach((node) => node.focus());
submitOnce();
forgetArrivedForm(() => localStorage, document.cookie);
startPolling();
startCountdowns();
startDeskKeys();
tellWorker(document.body.dataset.person || "");
