/**
 * SHA-256 in hex. Only a page that came by TLS, or from this machine, may compute it: elsewhere "".
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
export async function sha256(blob) {
  if (!self.crypto || !crypto.subtle) {
    return "";
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Response(blob).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
}
