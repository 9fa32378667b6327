import { live } from "../../src/index.ts";

/** The number of native things that the library holds at the moment. */
export function held(): number {
  return Object.values(live()).reduce((sum, count) => sum + count, 0);
}
