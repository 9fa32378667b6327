import { isPlain, shapeOf } from "../../values/index.ts";

/** Options that node:tls is going to read; nothing where there are none. @throws TypeError naming the argument */
export function checkTls<T extends object>(given: T | undefined, argument: string): T | Record<string, never> {
  if (given === undefined) return {};
  // A certificate's bytes, or a Map, would be read as options of which none is set.
  if (isPlain(given)) return { ...(given as T) };
  throw new TypeError(`${argument}: expected options of tls.connect(), got ${shapeOf(given)}`);
}
