import { offsetIn } from "./tus_upload.js";

/**
 * What an answer means for an upload:
 * ended (cancelled, and the server knows), whole, untold (cancelled, and the server does not know yet), accepted,
 * stuck (accepted, and nothing is left to send), signIn, cut (no network), anew (the server has forgotten it),
 * gone (ended at the server), damaged (send it again), busy (later), large, refused.
 * @typedef {"ended" | "whole" | "untold" | "accepted" | "stuck" | "signIn" | "cut" | "anew" | "gone" | "damaged"
 *   | "busy" | "large" | "refused"} Verdict
 */

/** Statuses with one meaning. @type {Record<number, Verdict>} */
const BY_STATUS = {
  0: "cut",
  400: "signIn",
  401: "signIn",
  404: "gone",
  410: "anew",
  413: "large",
  423: "busy",
  429: "busy",
};

/**
 * @param {import("./tus_upload.js").Upload} item
 * @param {import("./tus_request.js").Answer} answer
 * @returns {Verdict}
 */
export function verdict(item, answer) {
  const { status } = answer;
  const accepted = status >= 200 && status < 300;
  if (item.ending && (accepted || (status > 401 && status < 500))) {
    return "ended";
  }
  if (status === 204 && offsetIn(answer) >= item.file.size) {
    return "whole";
  }
  if (item.cancelled && !item.ending) {
    return "untold";
  }
  if (accepted) {
    return status === 204 && item.here >= item.file.size ? "stuck" : "accepted";
  }
  if (status === 460 && !item.twice) {
    return "damaged";
  }
  if (status >= 500 || (status === 409 && item.url)) {
    return "busy";
  }
  return BY_STATUS[status] || "refused";
}
