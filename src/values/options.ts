import { nearestName } from "./nearest-name.ts";
import { shapeOf } from "./shape.ts";

/** Every name that an options object may have; a name that its type lacks, or has besides, does not compile. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true };

/** What a caller means who gives a name that an options object does not have. */
export type OptionHints = Readonly<Record<string, string>>;

/**
 * A copy of an options object of the caller's. Each option is read once, so that what was checked is what is used;
 * only own properties count, so that nothing comes from a polluted prototype; and an array is copied too.
 *
 * @param argument names the object in errors; "options" is left out before the name of an option.
 * @throws TypeError for what is no object, has an option of another name, or inherits one from a class.
 */
export function readOptions<T extends object>(
  value: unknown,
  argument: string,
  names: OptionNames<T>,
  hints: OptionHints = {},
): T {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`${argument}: expected ${outline(Object.keys(names))}, got ${shapeOf(value)}`);
  refuseUnknown(value, argument, names, hints);
  if (!isPlain(value)) refuseInherited(value, argument, names);
  const copy: Record<string, unknown> = { ...unset(names) };
  for (const name of Object.getOwnPropertyNames(value)) copy[name] = read(value as Record<string, unknown>, name);
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

function read(value: Record<string, unknown>, name: string): unknown {
  const option = value[name];
  return Array.isArray(option) ? copyOfArray(option, name) : option;
}

/** Whether an object has no class, so that it can inherit from Object.prototype only. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** @throws TypeError where a class gives an object one of these properties */
function refuseInherited(value: object, argument: string, names: object): void {
  const inherited = Object.keys(names).find((name) => !Object.hasOwn(value, name) && isInherited(value, name));
  if (inherited === undefined) return;
  throw new TypeError(`${pathOf(inherited, argument)}: expected an own property, got one that is inherited`);
}

function isInherited(value: object, name: string): boolean {
  let prototype: object | null = Object.getPrototypeOf(value);
  while (prototype) {
    const next: object | null = Object.getPrototypeOf(prototype);
    // The last prototype is Object.prototype, of this realm or another: what is there was put there by somebody else.
    if (next && Object.hasOwn(prototype, name)) return true;
    prototype = next;
  }
  return false;
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

function unknownOption(name: string, argument: string, known: readonly string[], hints: OptionHints): TypeError {
  const meant = Object.hasOwn(hints, name) ? hints[name] : nearestName(name, known);
  const advice = meant === undefined ? `expected one of ${known.join(", ")}` : `did you mean ${meant}?`;
  return new TypeError(`${pathOf(name, argument)}: there is no such option; ${advice}`);
}
