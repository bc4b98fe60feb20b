import { all, element } from "./dom.js";
import { plainButton } from "./plain_button.js";
import { signInLink } from "./sign_in_link.js";

/** @typedef {import("./tus_upload.js").Upload} Upload */

/**
 * @typedef {object} UploadPage what the queue tells
 * @property {(item: Upload) => void} added
 * @property {(item: Upload) => void} waits for its turn
 * @property {(item: Upload) => void} moves so many bytes are left
 * @property {(item: Upload) => void} cut no network
 * @property {(item: Upload, message: string) => void} busy the server asks to wait
 * @property {(item: Upload) => void} whole
 * @property {(item: Upload, why: "gone" | "large" | "refused", message: string) => void} refused for good
 * @property {(item: Upload, message: string) => void} stopped until the person presses again
 * @property {(item: Upload) => void} signIn nobody is signed in
 * @property {(item: Upload) => void} cancelled
 * @property {(item: Upload) => void} removed
 * @property {(item: Upload) => void} kept it is known whether the phone keeps it
 * @property {() => void} changed how much is left, or which uploads are known
 * @property {() => void} finished nothing waits any more
 */

const MEGABYTE = 1048576;

/** @param {number} bytes */
export const sizeOf = (bytes) => {
  if (bytes < MEGABYTE) {
    return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  }
  const places = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
  return `${(bytes / MEGABYTE).toLocaleString(document.documentElement.lang, places)} MB`;
};

/**
 * The row begins with the name already.
 * @param {string} words
 * @param {string} name
 */
const withoutName = (words, name) => {
  const rest = words.startsWith(`${name} `) ? words.slice(name.length + 1) : words;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
};

/**
 * The list of files on their way: a row for each, with what is true of it and a way to cancel it.
 * @param {HTMLElement} list
 * @param {Record<string, string>} text the form's data-text-*
 * @param {(item: Upload) => void} cancel
 * @param {(item: Upload) => void} again
 */
export function uploadRows(list, text, cancel, again) {
  /** @type {Map<Upload, { node: HTMLElement, words: HTMLElement, button: HTMLElement }>} */
  const rows = new Map();

  /** @param {Upload} item */
  const rowOf = (item) => {
    let row = rows.get(item);
    if (!row) {
      const node = document.createElement("li");
      const grow = element("span", "grow", item.name);
      const words = element("span", "small muted num", "");
      const button = plainButton(text.textCancel, item.name, () => cancel(item));
      grow.appendChild(document.createElement("br"));
      grow.appendChild(words);
      node.appendChild(grow);
      node.appendChild(button);
      list.appendChild(node);
      list.hidden = false;
      row = { node, words, button };
      rows.set(item, row);
    }
    return row;
  };

  return {
    /**
     * @param {Upload} item
     * @param {string} words
     * @param {HTMLElement} [action] a link or button that follows the words
     */
    say(item, words, action) {
      const row = rowOf(item);
      row.words.textContent = words;
      if (action) {
        row.words.appendChild(document.createTextNode(" "));
        row.words.appendChild(action);
      }
    },
    /** @param {Upload} item */
    words: (item) => rowOf(item).words.textContent || "",
    /**
     * @param {Upload} item
     * @param {boolean} hidden
     */
    hide(item, hidden) {
      rowOf(item).node.hidden = hidden;
    },
    /** @param {Upload} item */
    whole(item) {
      this.hide(item, false);
      this.say(item, text.textWhole);
      rowOf(item).button.hidden = true;
    },
    /**
     * @param {Upload} item
     * @param {string} words
     */
    refused(item, words) {
      this.say(item, withoutName(words, item.name));
      rowOf(item).node.classList.add("refused");
      rowOf(item).button.textContent = text.textClose;
    },
    /**
     * @param {Upload} item
     * @param {string} words
     */
    stopped(item, words) {
      this.say(
        item,
        words,
        plainButton(text.textAgain, item.name, () => again(item)),
      );
    },
    /** @param {Upload} item */
    signIn(item) {
      this.say(item, item.unkept ? text.textSigninOpen : text.textSignin, signInLink(text.textSigninLink));
    },
    /** @param {Upload} item */
    remove(item) {
      rowOf(item).node.remove();
      rows.delete(item);
      list.hidden = !rows.size;
    },
  };
}

/**
 * Hide what the server lists as on its way where this page shows it in its own queue.
 * @param {HTMLElement} arrived
 * @param {Upload[]} items
 */
export function hideOwn(arrived, items) {
  const own = items.map((item) => item.url.split("/").pop());
  all("[data-upload-id]", arrived).forEach((node) => {
    node.hidden = own.includes(node.dataset.uploadId);
  });
}
