import { nearestName } from "./nearest-name.ts";
import { shapeOf } from "./shape.ts";

/** Every name that an options object may have; a name that its type lacks, or has besides, does not compile. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true };

/** What a caller means who gives a name that an options object does not have. */
export type OptionHints = Readonly<Record<string, string>>;

/**
 * A copy of an options object of the caller's. Each option is read once, so that what was checked is what is used;
 * only own properties count, so that nothing comes from a polluted prototype; and an array is copied too. Symbols are
 * left alone: nobody mistypes an option as one, and frameworks mark objects with them.
 *
 * @param argument names the object in errors; "options" is left out before the name of an option.
 * @throws TypeError for what is no plain object, or has an option of another name.
 */
export function readOptions<T extends object>(
  value: unknown,
  argument: string,
  names: OptionNames<T>,
  hints: OptionHints = {},
): T {
  if (!isPlain(value))
    throw new TypeError(`${argument}: expected ${outline(Object.keys(names))}, got ${shapeOfOptions(value)}`);
  const copy: Record<string, unknown> = { ...unset(names) };
  for (const name of Object.getOwnPropertyNames(value)) {
    if (!Object.hasOwn(names, name)) throw unknownOption(name, argument, Object.keys(names), hints);
    copy[name] = read(value, name);
  }
  return copy as T;
}

const unsetByNames = new WeakMap<object, object>();

/** Every name, with undefined: a missing option must not be looked up in a prototype later. */
function unset(names: object): object {
  let options = unsetByNames.get(names);
  if (!options) {
    options = Object.fromEntries(Object.keys(names).map((name) => [name, undefined]));
    unsetByNames.set(names, options);
  }
  return options;
}

/** @throws TypeError where an object has a property of its own that is none of `names` */
export function refuseUnknown<T extends object>(
  value: object,
  argument: string,
  names: OptionNames<T>,
  hints: OptionHints = {},
): void {
  for (const name of Object.getOwnPropertyNames(value))
    if (!Object.hasOwn(names, name)) throw unknownOption(name, argument, Object.keys(names), hints);
}

function read(value: Readonly<Record<string, unknown>>, name: string): unknown {
  const option = value[name];
  return Array.isArray(option) ? copyOfArray(option, name) : option;
}

/**
 * Whether a value is an object of no class, as braces, JSON and modules make one. What another class keeps, a Map say,
 * is no property: it would be read as an object without options.
 */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = prototypeOf(value);
  return prototype === Object.prototype || prototype === null || isObjectPrototype(prototype);
}

/** Undefined for a proxy that does not tell, or that has been revoked. */
function prototypeOf(value: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(value);
  } catch {
    return undefined;
  }
}

/** The Object.prototype of another realm, such as a test runner's: nothing is above it, and it is no object of a caller's. */
function isObjectPrototype(prototype: object | undefined): boolean {
  return prototype !== undefined && prototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

function shapeOfOptions(value: unknown): string {
  const shape = shapeOf(value);
  return shape === "an instance of Object" ? "an object that inherits from another one" : shape;
}

/** No option has as many. */
const mostElements = 1 << 16;

/** The elements of an array of the caller's, each read once. */
export function copyOfArray<T>(array: readonly T[], argument: string): readonly T[] {
  const { length } = array;
  // An array of nothing but its length would be copied for minutes.
  if (length > mostElements)
    throw new RangeError(`${argument}: expected at most ${mostElements} elements, got ${length}`);
  const copy: T[] = [];
  for (let index = 0; index < length; index += 1) copy.push(array[index] as T);
  return copy;
}

function pathOf(name: string, argument: string): string {
  return argument === "options" ? name : `${argument}.${name}`;
}

function outline(known: readonly string[]): string {
  return `{ ${known.slice(0, 3).join(", ")}${known.length > 3 ? ", …" : ""} }`;
}

/** A name that is near none may be data in the place of a name, and is not shown. */
function unknownOption(name: string, argument: string, known: readonly string[], hints: OptionHints): TypeError {
  const meant = Object.hasOwn(hints, name) ? hints[name] : nearestName(name, known);
  if (meant !== undefined)
    return new TypeError(`${pathOf(name, argument)}: there is no such option; did you mean ${meant}?`);
  return new TypeError(
    `${argument}: there is no option with this name of ${name.length} characters; expected one of ${known.join(", ")}`,
  );
}
