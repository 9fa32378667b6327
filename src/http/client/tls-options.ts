import { isPlain, shapeOf } from "../../values/index.ts";

/** Checks options for node:tls; returns an empty object if none are given. @throws TypeError naming the argument */
export function checkTls<T extends object>(given: T | undefined, argument: string): T | Record<string, never> {
  if (given === undefined) return {};
  // Refuse a certificate's bytes or a Map: node:tls would read it as options of which none is set.
  if (isPlain(given)) return { ...(given as T) };
  throw new TypeError(`${argument}: expected options of tls.connect(), got ${shapeOf(given)}`);
}
