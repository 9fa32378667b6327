import { checkArray, isArray } from "./arrays.ts";
import { nearestName } from "./nearest-name.ts";
import { isObjectPrototype, prototypeOf } from "./prototypes.ts";
import { shapeOf } from "./shape.ts";

/** Every name that an options object may have; a missing or additional name does not compile. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true };

/** Hints for names that an options object does not have: what the caller probably means. */
export type OptionHints = Readonly<Record<string, string>>;

/**
 * Copies a caller's options object. Each option is read once, so that the checked value is the one that is used; only
 * own properties count, so that a polluted prototype has no effect; arrays are copied too. Symbols are ignored, because
 * nobody mistypes an option as a symbol, and frameworks mark objects with symbols.
 *
 * @param argument names the object in errors; "options" is omitted before the name of an option.
 * @param empty becomes the copy. Callers in every handshake make it from {@link unset}, because V8 is slow where one
 * expression copies objects of many kinds.
 * @throws TypeError for a value that is not a plain object, or that has an option with another name.
 */
export function readOptions<T extends object>(
  value: unknown,
  argument: string,
  names: OptionNames<T>,
  hints: OptionHints = {},
  empty: Unset<T> = { ...unset(names) },
): T {
  if (!isPlain(value))
    throw new TypeError(`${argument}: expected ${outline(Object.keys(names))}, got ${shapeOfOptions(value)}`);
  const copy: Record<string, unknown> = empty;
  for (const name of Object.getOwnPropertyNames(value)) {
    if (!Object.hasOwn(names, name)) throw unknownOption(name, argument, Object.keys(names), hints);
    copy[name] = read(value, name, argument);
  }
  return copy as T;
}

/** An object with every name of some options, and no values. */
export type Unset<T> = { [Name in keyof T]-?: undefined };

const unsetByNames = new WeakMap<object, object>();

/** Every name with the value undefined, so that a missing option is not looked up in a prototype later. */
export function unset<T extends object>(names: OptionNames<T>): Unset<T> {
  let options = unsetByNames.get(names);
  if (!options) {
    options = Object.fromEntries(Object.keys(names).map((name) => [name, undefined]));
    unsetByNames.set(names, options);
  }
  return options as Unset<T>;
}

/** @throws TypeError where an object has an own property that is not in `names` */
export function refuseUnknown<T extends object>(
  value: object,
  argument: string,
  names: OptionNames<T>,
  hints: OptionHints = {},
): void {
  for (const name of Object.getOwnPropertyNames(value))
    if (!Object.hasOwn(names, name)) throw unknownOption(name, argument, Object.keys(names), hints);
}

function read(value: Readonly<Record<string, unknown>>, name: string, argument: string): unknown {
  const option = value[name];
  return isArray(option) ? checkArray(option, pathOf(name, argument)) : option;
}

/**
 * Whether a value is an object without a class, made by a literal, JSON or a module. The content of an object with a
 * class, such as a Map, is not in properties, so it would be read as an object without options.
 */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = prototypeOf(value);
  return prototype === Object.prototype || prototype === null || isObjectPrototype(prototype);
}

function shapeOfOptions(value: unknown): string {
  const shape = shapeOf(value);
  return shape === "an instance of Object" ? "an object that inherits from another one" : shape;
}

function pathOf(name: string, argument: string): string {
  return argument === "options" ? name : `${argument}.${name}`;
}

function outline(known: readonly string[]): string {
  return `{ ${known.slice(0, 3).join(", ")}${known.length > 3 ? ", …" : ""} }`;
}

/**
 * Makes the error for an unknown option. A name that is not similar to a known one may be data in the wrong place, so
 * it is not shown.
 */
function unknownOption(name: string, argument: string, known: readonly string[], hints: OptionHints): TypeError {
  const meant = Object.hasOwn(hints, name) ? hints[name] : nearestName(name, known);
  if (meant !== undefined)
    return new TypeError(`${pathOf(name, argument)}: there is no such option; did you mean ${meant}?`);
  return new TypeError(
    `${argument}: there is no option with this name of ${name.length} characters; expected one of ${known.join(", ")}`,
  );
}
