import { readToken68 } from "../http/token68.ts";
import { checkBytes } from "../values/index.ts";
import { explainToken } from "./explain-token.ts";
import type { TokenExplanation } from "./explanation.ts";
import { explainHeaders } from "./header.ts";

const hex = /^(?:0x)?(?:[0-9a-f]{2}[\s:]*)+$/i;
const longest = 1 << 20;

/**
 * Explains the content of a token: its mechanism, its message type, the flags, the target, and which libraries would
 * refuse it. This contacts no server and needs no key.
 *
 * The token is bytes, or text: base64, hex, or an HTTP header such as `WWW-Authenticate: Negotiate oYG...`, one or
 * several lines of them, as `curl -v` prints them. For proofs of a password and for encrypted parts only the size is
 * given, so that an explanation may be shown to others; it contains names of users, computers and services.
 *
 * @throws TypeError for a value that is neither bytes nor text, RangeError for text in none of these forms, or longer
 *   than 1 MiB
 */
export function explain(token: Uint8Array | string): TokenExplanation {
  if (typeof token !== "string") return explainToken(own(checkBytes(token, "token")));
  if (token.length > longest)
    throw new RangeError(`token: expected at most ${longest} characters, got ${token.length}`);
  const text = token.trim();
  return explainHeaders(text) ?? explainToken(bytesOf(text));
}

/** Copies the bytes, because shared memory may change while it is read. */
function own(bytes: Uint8Array): Buffer {
  if (bytes.length > longest) throw new RangeError(`token: expected at most ${longest} bytes, got ${bytes.length}`);
  return Buffer.from(bytes);
}

/** @throws RangeError */
function bytesOf(text: string): Buffer {
  if (hex.test(text)) return Buffer.from(text.replaceAll(/^0x|[\s:]/gi, ""), "hex");
  const compact = text.replaceAll(/\s/g, "");
  const bytes = readToken68(compact.padEnd(Math.ceil(compact.length / 4) * 4, "="));
  if (!bytes?.length)
    throw new RangeError(
      `token: expected base64, hex, or a header of HTTP, got ${text.length} characters of something else`,
    );
  return bytes;
}
