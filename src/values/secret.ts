import { isUtf8 } from "node:buffer";
import { checkText } from "./arguments.ts";
import { checkBytes, isBytes } from "./bytes.ts";
import { shapeOf } from "./shape.ts";

/**
 * A secret: its text, or the bytes of its UTF-8. A string stays in memory until the engine collects it, and nobody can
 * zero it; of bytes no string is made, so that the caller can zero what it gave and the library what it copied.
 */
export type Secret = string | Uint8Array;

/**
 * @returns the text, or a view on the caller's bytes: they are copied when they are used.
 * @throws TypeError or RangeError naming `argument`, and nothing of what was given
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
