/**
 * Checks of what callers pass, made before native code sees it. Each error names the argument, what was
 * given and what is allowed; a secret is never shown.
 */

/** The most bytes a `SecBuffer` can describe: `cbBuffer` is 32 bits wide. */
const maxBytes = 0xffff_ffff;

function described(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty string" : JSON.stringify(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "Object"}`;
  return typeof value;
}

/** A string that native code can take: no NUL inside, which would end it early. */
export function checkText(value: unknown, argument: string, { secret = false, empty = true } = {}): string {
  if (typeof value !== "string")
    throw new TypeError(`${argument}: expected a string, got ${secret ? typeof value : described(value)}`);
  if (!empty && value === "") throw new RangeError(`${argument}: expected a name, got an empty string`);
  if (value.includes("\0")) {
    const given = secret ? "" : `, got ${described(value)}`;
    throw new RangeError(`${argument}: expected a string without NUL characters${given}`);
  }
  return value;
}

/** Bytes to read from. */
export function checkBytes(value: unknown, argument: string, { secret = false } = {}): Uint8Array {
  if (!(value instanceof Uint8Array))
    throw new TypeError(
      `${argument}: expected a Uint8Array or Buffer, got ${secret ? typeof value : described(value)}`,
    );
  if (value.length === 0 && isDetached(value))
    throw new TypeError(`${argument}: its ArrayBuffer is detached (it was transferred to somewhere else)`);
  if (value.length > maxBytes)
    throw new RangeError(`${argument}: expected at most ${maxBytes} bytes, got ${value.length}`);
  return value;
}

/** Bytes that native code reads and writes in place. */
export function checkMutableBytes(value: unknown, argument: string): Uint8Array<ArrayBuffer> {
  const bytes = checkBytes(value, argument);
  if (!(bytes.buffer instanceof ArrayBuffer))
    throw new TypeError(`${argument}: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer`);
  return bytes as Uint8Array<ArrayBuffer>;
}

function isDetached(bytes: Uint8Array): boolean {
  try {
    new Uint8Array(bytes.buffer);
    return false;
  } catch {
    return true;
  }
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
  throw new RangeError(`${argument}: expected one of ${allowed.join(", ")}; got ${described(value)}`);
}
