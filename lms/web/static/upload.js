/*
 * On pages where files are handed in: they travel by tus, and a cut costs only what had not arrived.
 *
 * data-upload=URL     form with files: where an upload begins (scripts/upload_form.js)
 * data-arrived        what the server has; shown anew when the queue is done
 */
import { forms } from "./scripts/dom.js";
import { startUploads } from "./scripts/upload_form.js";
import { waitingFiles } from "./scripts/waiting_files.js";

const kept = waitingFiles(() => indexedDB);

forms("form[data-upload]").forEach((form) => startUploads(form, kept, document.body.dataset.person || ""));
