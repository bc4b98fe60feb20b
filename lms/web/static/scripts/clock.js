/**
 * @typedef {object} Clock
 * @property {() => number} now ms since 1970, as the phone believes: people and networks set it
 * @property {() => number} elapsed ms since the page was opened: nobody can set this one
 * @property {(work: () => void, ms: number) => number} later
 * @property {(timer: number) => void} cancel
 */

/** The clock of this phone. @type {Clock} */
export const phoneClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  later: (work, ms) => setTimeout(work, ms),
  cancel: (timer) => clearTimeout(timer),
};
