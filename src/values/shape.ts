import { types } from "node:util";

/**
 * Describes the type and size of a value without its content, which may be a secret that was passed in the wrong place.
 */
export function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty string" : `a string of ${value.length} characters`;
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  if (types.isProxy(value)) return "an instance of Object";
  if (types.isAnyArrayBuffer(value)) return `an instance of ${classNameOf(value)} of ${value.byteLength} bytes`;
  return Array.isArray(value) ? `an array of ${value.length} elements` : `an instance of ${classNameOf(value)}`;
}

/** The class name of an object, found without running any code of the object. */
export function classNameOf(value: object): string {
  const prototype = types.isProxy(value) ? undefined : Object.getPrototypeOf(value);
  const name = dataOf(dataOf(prototype, "constructor"), "name");
  return typeof name === "string" && name !== "" ? name : "Object";
}

/** An own property that is neither a getter's nor a proxy's. */
function dataOf(owner: unknown, name: string): unknown {
  const isObject = (typeof owner === "object" && owner !== null) || typeof owner === "function";
  return isObject && !types.isProxy(owner) ? Object.getOwnPropertyDescriptor(owner, name)?.value : undefined;
}
