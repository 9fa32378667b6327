import { isUtf8 } from "node:buffer";
import { checkText } from "./arguments.ts";
import { checkBytes, isBytes } from "./bytes.ts";
import { shapeOf } from "./shape.ts";

/**
 * A secret: its text, or the bytes of its UTF-8. A string stays in memory until it is garbage-collected, and cannot be
 * zeroed. Bytes are never converted to a string, so that the caller can zero its bytes and the library zeroes its
 * copies.
 */
export type Secret = string | Uint8Array;

/**
 * @returns the text, or a view on the caller's bytes: they are copied when they are used.
 * @throws TypeError or RangeError naming `argument`, without any part of the value
 */
export function checkSecret(value: unknown, argument: string): Secret {
  if (!isBytes(value)) {
    if (typeof value === "string") return checkText(value, argument);
    throw new TypeError(`${argument}: expected a string, or bytes of UTF-8, got ${shapeOf(value)}`);
  }
  const bytes = checkBytes(value, argument);
  if (!isUtf8(bytes)) throw new RangeError(`${argument}: expected valid UTF-8`);
  if (bytes.includes(0)) throw new RangeError(`${argument}: expected UTF-8 without NUL characters`);
  return bytes;
}
