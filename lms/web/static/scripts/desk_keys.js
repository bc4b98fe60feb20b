import { all, forms } from "./dom.js";
import { plainButton } from "./plain_button.js";

/**
 * @param {HTMLInputElement} level
 * @param {boolean} checked
 */
function choose(level, checked) {
  level.checked = checked;
  level.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Whether a key belongs to the field it was pressed in.
 * @param {KeyboardEvent} event
 */
function isTyping(event) {
  const { tagName, type } = /** @type {HTMLInputElement} */ (event.target);
  return /^(TEXTAREA|SELECT)$/.test(tagName) || (tagName === "INPUT" && !/radio|checkbox/.test(type));
}

/**
 * Grade by keys: 0-9 choose a level, A all of a criterion, J K move, C comment, Enter sends, U undoes.
 * @param {HTMLFormElement} form with [data-criterion] rows of [data-level] inputs; [data-comment] is the comment,
 *   [data-phrase] a sentence that a press adds to it, [data-default] the button that Enter presses
 */
function gradeByKeys(form) {
  const rows = all("[data-criterion]", form);
  let at = 0;

  /** @param {number} to */
  const go = (to) => {
    at = Math.max(0, Math.min(rows.length - 1, to));
    const first = rows[at].querySelector("input");
    if (first) {
      first.focus();
      rows[at].scrollIntoView({ block: "nearest" });
    }
  };
  /** @returns {HTMLTextAreaElement | null} */
  const comment = () => ((rows[at] && rows[at].closest("aside")) || form).querySelector("[data-comment]");
  const levels = () => /** @type {HTMLInputElement[]} */ (rows[at] ? all("[data-level]", rows[at]) : []);

  /** @param {string} digit */
  const chooseLevel = (digit) => {
    const level = levels().find((one) => one.dataset.level === digit);
    if (!level) {
      return false;
    }
    const box = level.type === "checkbox";
    choose(level, !box || !level.checked);
    if (!box) {
      go(at + 1);
    }
    return true;
  };
  const chooseBest = () => {
    const boxes = levels().filter((level) => level.type === "checkbox");
    const highest = levels().sort((one, two) => Number(two.dataset.level) - Number(one.dataset.level));
    const best = boxes.length ? boxes : highest.slice(0, 1);
    best.forEach((level) => choose(level, true));
    if (best.length) {
      go(at + 1);
    }
  };
  const undo = () => {
    const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-undo]"));
    if (button) {
      button.click();
    }
  };
  const send = () => {
    if (form.requestSubmit) {
      form.requestSubmit(form.querySelector("[data-default]"));
    } else {
      form.submit();
    }
  };
  /**
   * @param {string} key
   * @param {string} tag of the element that has the focus
   * @returns {boolean} whether the browser shall not act on it, too
   */
  const press = (key, tag) => {
    if (/^[0-9]$/.test(key)) {
      return chooseLevel(key);
    }
    const note = comment();
    switch (key.toLowerCase()) {
      case "a":
        chooseBest();
        return false;
      case "c":
        if (note) {
          note.focus();
        }
        return Boolean(note);
      case "j":
        go(at + 1);
        return false;
      case "k":
        go(at - 1);
        return false;
      case "u":
        undo();
        return false;
      case "enter":
        if (tag === "BUTTON" || tag === "A") {
          return false;
        }
        send();
        return true;
      default:
        return false;
    }
  };

  all("[data-phrase]", form).forEach((line) => {
    const phrase = line.textContent || "";
    const button = plainButton(phrase, "", () => {
      const note = comment();
      if (note) {
        note.value = `${note.value.trim()} ${phrase}`.trim();
        note.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    line.textContent = "";
    line.appendChild(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) {
      return;
    }
    const target = /** @type {HTMLElement} */ (event.target);
    const row = rows.findIndex((one) => one.contains(target));
    at = row < 0 ? at : row;
    if (press(event.key, target.tagName)) {
      event.preventDefault();
    }
  });
}

/** Start every form with data-keys. */
export function startDeskKeys() {
  forms("form[data-keys]").forEach(gradeByKeys);
}
