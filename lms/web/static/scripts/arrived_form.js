/**
 * Remove the kept form whose key the server has answered to: it says so in a cookie.
 * @param {() => Storage} storage
 * @param {string} cookies
 */
export function forgetArrivedForm(storage, cookies) {
  const done = (/(?:^|; )(?:__Secure-)?imbas_done=([^;]*)/.exec(cookies) || [])[1];
  if (!done) {
    return;
  }
  try {
    const kept = storage();
    Object.keys(kept)
      .filter((name) => /^imbas:\d*:keep:/.test(name) && JSON.parse(kept.getItem(name) || "{}").key === done)
      .forEach((name) => kept.removeItem(name));
  } catch (_error) {
    // a phone that refuses storage keeps no drafts
  }
}
