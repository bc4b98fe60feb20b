/**
 * What was typed and the server has not confirmed, in the storage of a phone that people share.
 *
 * A draft lies under its owner's number, so nobody else's page reads, sends or removes it. Tabs share the
 * storage, too: every change reads it anew and touches only the entries it names.
 */

/** @typedef {() => Pick<Storage, "getItem" | "setItem" | "removeItem">} StorageSource a phone may refuse to give one */
/** @typedef {{ read(): Record<string, any>, update(changes: Record<string, any>): boolean }} DraftStore */

/**
 * @param {string} person
 * @param {string} name
 */
const keyOf = (person, name) => `imbas:${person}:${name}`;

/**
 * The entries of one draft. Where the storage is full or forbidden, a change lives in this page alone.
 * @param {StorageSource} storage
 * @param {string} person whose draft
 * @param {string} name which draft of theirs
 * @returns {DraftStore} `update` sets entries, removes those that are null, and tells whether the phone keeps them
 */
export function draftStore(storage, person, name) {
  const key = keyOf(person, name);
  /** @type {Record<string, any>} */
  let unstored = {};

  /** @param {Record<string, any>} changes */
  const merged = (changes) => {
    let stored = {};
    try {
      stored = JSON.parse(storage().getItem(key) || "{}") || {};
    } catch (_error) {
      // forbidden, or not ours: as if nothing were there
    }
    /** @type {Record<string, any>} */
    const entries = Object.assign({}, stored, unstored, changes);
    Object.keys(entries).forEach((entry) => {
      if (entries[entry] === null) {
        delete entries[entry];
      }
    });
    return entries;
  };

  return {
    read: () => merged({}),
    update(changes) {
      const entries = merged(changes);
      try {
        if (Object.keys(entries).length) {
          storage().setItem(key, JSON.stringify(entries));
        } else {
          storage().removeItem(key);
        }
        unstored = {};
        return true;
      } catch (_error) {
        Object.assign(unstored, changes);
        return false;
      }
    },
  };
}

/**
 * Remove a whole draft.
 * @param {StorageSource} storage
 * @param {string} person
 * @param {string} name
 */
export function forgetDrafts(storage, person, name) {
  try {
    storage().removeItem(keyOf(person, name));
  } catch (_error) {
    // a phone that refuses storage keeps no drafts
  }
}
