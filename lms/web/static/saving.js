/*
 * On pages with long forms: what is typed is kept on the phone until the server has said that it has it.
 *
 * data-autosave=URL   form: changes are sent as they are made (scripts/autosave.js)
 * data-keep=KEY       form: kept on the phone until the server has answered to its key (scripts/kept_form.js)
 * data-forget=DRAFT   the draft of this name is over
 * data-question-list  form of one question: how many are answered (scripts/question_list.js)
 * data-time-up        when the time is up, sends what is left and reloads (scripts/time_up.js)
 */
import { startAutosave } from "./scripts/autosave.js";
import { all, forms, words } from "./scripts/dom.js";
import { forgetDrafts } from "./scripts/drafts.js";
import { keepForm } from "./scripts/kept_form.js";
import { followAnswers } from "./scripts/question_list.js";
import { sendWhenTimeIsUp } from "./scripts/time_up.js";

const person = document.body.dataset.person || "";
const storage = () => localStorage;
const queues = forms("form[data-autosave]").map((form) => startAutosave(form, storage, person));

forms("form[data-keep]").forEach((form) => keepForm(form, storage, person));
forms("form[data-autosave]").forEach(followAnswers);
all("[data-forget]").forEach((node) => forgetDrafts(storage, person, words(node).forget));
all("[data-time-up]").forEach((node) => sendWhenTimeIsUp(node, queues));
