import { types } from "node:util";

/**
 * Describes the type and size of a value without its content, which may be a secret that was passed in the wrong place.
 */
export function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty string" : `a string of ${value.length} characters`;
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  if (types.isProxy(value)) return "an instance of Object";
  if (types.isAnyArrayBuffer(value)) return `${nameOf(value)} of ${value.byteLength} bytes`;
  return Array.isArray(value) ? `an array of ${value.length} elements` : nameOf(value);
}

/** The class name of an object, found without running any code of the object. */
function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name: unknown = typeof made === "function" ? Object.getOwnPropertyDescriptor(made, "name")?.value : undefined;
  return `an instance of ${typeof name === "string" && name !== "" ? name : "Object"}`;
}
