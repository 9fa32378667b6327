import { nearestName } from "./nearest-name.ts";
import { shapeOf } from "./shape.ts";

/**
 * Checks of what callers pass, made before native code sees it. Each error names the argument, what was
 * given and what is allowed; text is shown by its length, since any of it may be a secret in the wrong place.
 */

/** Where a number or a word is expected, a number is no secret. */
function described(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  return shapeOf(value);
}

/** A word where one of a list is expected: shown where it is near one of them, as mistyped ones are. */
export function shownWord(value: unknown, allowed: readonly string[]): string {
  const mistyped = typeof value === "string" && nearestName(value, allowed) !== undefined;
  return mistyped ? JSON.stringify(value) : described(value);
}

/** A string that native code can take: no NUL inside, which would end it early. */
export function checkText(value: unknown, argument: string, { empty = true } = {}): string {
  if (typeof value !== "string") throw new TypeError(`${argument}: expected a string, got ${shapeOf(value)}`);
  if (!empty && value === "") throw new RangeError(`${argument}: expected a name, got an empty string`);
  if (value.includes("\0")) throw new RangeError(`${argument}: expected a string without NUL characters`);
  return value;
}

/** In UTF-16 units: a `UNICODE_STRING` counts bytes in sixteen bits, and those of a terminator too. */
const longestName = 0x7ffe;

/** The name of a principal, or of a target: not empty, and no longer than every package has room for. */
export function checkPrincipalName(value: unknown, argument: string): string {
  const name = checkText(value, argument, { empty: false });
  if (name.length <= longestName) return name;
  throw new RangeError(`${argument}: expected at most ${longestName} characters, got ${name.length}`);
}

/** An unsigned integer of 32 bits, or of fewer. */
export function checkUint(value: unknown, argument: string, max = 0xffff_ffff): number {
  if (typeof value !== "number") throw new TypeError(`${argument}: expected a number, got ${described(value)}`);
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new RangeError(`${argument}: expected an integer from 0 to ${max}, got ${value}`);
  return value;
}

/** A key of a generated table. */
export function checkKey<N extends string>(value: unknown, argument: string, table: Readonly<Record<N, unknown>>): N {
  if (typeof value === "string" && Object.hasOwn(table, value)) return value as N;
  return checkName(value, argument, Object.keys(table) as N[]);
}

/** One of a few names. */
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

/** A function that is called. */
export function checkCallback<F>(value: F, argument: string): F {
  if (typeof value === "function") return value;
  throw new TypeError(`${argument}: expected a function, got ${shapeOf(value)}`);
}

/** A function, or nothing. */
export function checkFunction<F>(value: F, argument: string): F {
  if (value !== undefined && typeof value !== "function")
    throw new TypeError(`${argument}: expected a function, got ${shapeOf(value)}`);
  return value;
}
