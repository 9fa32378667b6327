/**
 * Returns the bytes of a token68 that is base64 (RFC 4648, section 4) in its one canonical form.
 *
 * @returns undefined for any other text, although `Buffer.from(text, "base64")` would return bytes for it.
 */
export function readToken68(text: string): Buffer<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** Writes a scheme and its token in the form of a header. */
export function writeToken68(scheme: string, token: Uint8Array): string {
  return `${scheme} ${Buffer.from(token.buffer, token.byteOffset, token.length).toString("base64")}`;
}
