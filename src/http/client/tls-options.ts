import { shapeOf } from "../../values/index.ts";

/** Options that node:tls is going to read; nothing where there are none. @throws TypeError naming the argument */
export function checkTls<T extends object>(given: T | undefined, argument: string): T | Record<string, never> {
  if (given === undefined) return {};
  // A certificate's bytes, or a Map, would be read as options of which none is set.
  const isBare = typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given);
  if (!isBare && !(given instanceof Map)) return given;
  throw new TypeError(`${argument}: expected options of tls.connect(), got ${shapeOf(given)}`);
}
