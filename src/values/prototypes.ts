import { types } from "node:util";

/** The prototype of an object; undefined for a proxy that throws or was revoked. */
export function prototypeOf(value: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(value);
  } catch {
    return undefined;
  }
}

/**
 * Whether a prototype is the Object.prototype of another realm, such as a test runner's: it has no prototype itself,
 * and is not an object that a caller made.
 */
export function isObjectPrototype(prototype: object | undefined): boolean {
  return prototype !== undefined && prototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Whether a value is a proxy that was revoked or hides its prototype: looking at it throws an error without a name. */
export function isRevoked(value: unknown): boolean {
  return types.isProxy(value) && prototypeOf(value as object) === undefined;
}
