import { shapeOf } from "./shape.ts";

/** The largest accepted number of elements: no argument needs more. */
const mostElements = 1 << 16;

/** Whether a value is an array, of this or another realm; a revoked proxy is none. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Checks a caller's array and copies its own elements, each of them read once by its index: an array may have another
 * iterator or prototype, no prototype, a length for which reading would take minutes, or other elements at the second
 * reading. `of` is what the error says that was expected.
 *
 * @throws TypeError or RangeError naming `argument`
 */
export function checkArray<T = unknown>(value: unknown, argument: string, of = "an array"): readonly T[] {
  if (!isArray(value)) throw new TypeError(`${argument}: expected ${of}, got ${shapeOf(value)}`);
  const length: unknown = value.length;
  if (!isLength(length)) {
    const shape = typeof length === "number" ? length : shapeOf(length);
    throw new TypeError(`${argument}: expected ${of}, got one whose length is ${shape}`);
  }
  if (length > mostElements)
    throw new RangeError(`${argument}: expected at most ${mostElements} elements, got ${length}`);
  const copy: T[] = [];
  for (let index = 0; index < length; index += 1)
    copy[index] = (Object.hasOwn(value, index) ? value[index] : undefined) as T;
  return copy;
}

/** Whether a proxy of an array gives a length that an array can have; another one would read as an empty array. */
function isLength(length: unknown): length is number {
  return Number.isInteger(length) && (length as number) >= 0;
}
