/**
 * @typedef {object} Answer
 * @property {number} status 0 when there was no network, or the request was given up
 * @property {(name: string) => string | null} header
 * @property {string} text
 */

/**
 * @typedef {object} Transfer a request with a body that takes long
 * @property {(abort: (() => void) | null) => void} running how to give it up; null when it has ended
 * @property {() => void} progress bytes have left
 */

/** @typedef {(method: string, url: string, headers: Record<string, string>, body?: Blob, transfer?: Transfer) => Promise<Answer>} Ask */

const SHORT = 20000;

/**
 * Requests of the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload). They never reject.
 * @param {() => string} token against forged requests
 * @returns {Ask}
 */
export function tusRequests(token) {
  return (method, url, headers, body, transfer) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      const sent = Object.assign(
        { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), Accept: "application/json" },
        headers,
      );
      Object.entries(sent).forEach((pair) => request.setRequestHeader(pair[0], pair[1]));
      if (transfer) {
        transfer.running(() => request.abort());
        request.upload.onprogress = transfer.progress;
      } else {
        request.timeout = SHORT;
      }
      request.onloadend = () => {
        if (transfer) {
          transfer.running(null);
        }
        done({
          status: request.status,
          header: (name) => request.getResponseHeader(name),
          text: request.responseText,
        });
      };
      request.send(body || null);
    });
}

/**
 * The sentence for people in an answer; "" where there is none.
 * @param {Answer} answer
 * @returns {string}
 */
export function messageOf(answer) {
  try {
    return JSON.parse(answer.text).message || "";
  } catch (_error) {
    return "";
  }
}
