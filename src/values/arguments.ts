import { nearestName } from "./nearest-name.ts";
import { shapeOf } from "./shape.ts";

/**
 * Checks callers' arguments before native code receives them. Each error names the argument, the given value and what
 * is allowed; only the length of text is shown, because any text may be a secret that was passed in the wrong place.
 */

/** Describes a value for an error where a number or a word is expected; there a number cannot be a secret. */
function described(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  return shapeOf(value);
}

/**
 * Describes a word where one of a list is expected. It is shown only if it is similar to one of the list, like a
 * mistyped word.
 */
export function shownWord(value: unknown, allowed: readonly string[]): string {
  const mistyped = typeof value === "string" && nearestName(value, allowed) !== undefined;
  return mistyped ? JSON.stringify(value) : described(value);
}

/** Checks a string for native code: it must not contain NUL, which would end it early. */
export function checkText(value: unknown, argument: string, { empty = true } = {}): string {
  if (typeof value !== "string") throw new TypeError(`${argument}: expected a string, got ${shapeOf(value)}`);
  if (!empty && value === "") throw new RangeError(`${argument}: expected a name, got an empty string`);
  if (value.includes("\0")) throw new RangeError(`${argument}: expected a string without NUL characters`);
  return value;
}

/** The longest name in UTF-16 units: a `UNICODE_STRING` counts its bytes, with those of a terminator, in 16 bits. */
const longestName = 0x7ffe;

/** Checks the name of a principal or a target: it must not be empty, nor longer than a `UNICODE_STRING` allows. */
export function checkPrincipalName(value: unknown, argument: string): string {
  const name = checkText(value, argument, { empty: false });
  if (name.length <= longestName) return name;
  throw new RangeError(`${argument}: expected at most ${longestName} characters, got ${name.length}`);
}

/** Checks an integer from 0 to `max`, at most 32 bits wide. */
export function checkUint(value: unknown, argument: string, max = 0xffff_ffff): number {
  if (typeof value !== "number") throw new TypeError(`${argument}: expected a number, got ${described(value)}`);
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new RangeError(`${argument}: expected an integer from 0 to ${max}, got ${value}`);
  return value;
}

/** Checks a key of a generated table. */
export function checkKey<N extends string>(value: unknown, argument: string, table: Readonly<Record<N, unknown>>): N {
  if (typeof value === "string" && Object.hasOwn(table, value)) return value as N;
  return checkName(value, argument, Object.keys(table) as N[]);
}

/** Checks that a value is one of a few names. */
export function checkName<N extends string>(value: unknown, argument: string, allowed: readonly N[]): N {
  if ((allowed as readonly unknown[]).includes(value)) return value as N;
  const meant = typeof value === "string" ? nearestName(value, allowed) : undefined;
  const advice = meant === undefined ? "" : `did you mean ${JSON.stringify(meant)}? `;
  throw new RangeError(`${argument}: ${advice}expected one of ${allowed.join(", ")}; got ${shownWord(value, allowed)}`);
}

export function checkBoolean(value: unknown, argument: string): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${argument}: expected true or false, got ${described(value)}`);
  return value;
}

/** Checks a function that will be called. */
export function checkCallback<F>(value: F, argument: string): F {
  if (typeof value === "function") return value;
  throw new TypeError(`${argument}: expected a function, got ${shapeOf(value)}`);
}

/** Checks a function or undefined. */
export function checkFunction<F>(value: F, argument: string): F {
  if (value !== undefined && typeof value !== "function")
    throw new TypeError(`${argument}: expected a function, got ${shapeOf(value)}`);
  return value;
}
