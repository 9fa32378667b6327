import type { SecurityProvider } from "../../../src/index.ts";
import type { Subject } from "./subjects.ts";

/** What was seen: the trait itself, or of a set of packages which of those that were tried are in it. */
export type Observation = boolean | string | Readonly<Record<string, boolean>>;

/** Sees a trait. `provider` is the subject's, taken for one that does in this respect as the headers say. */
export type Observe = (subject: Subject, provider: SecurityProvider) => Observation | Promise<Observation>;

/** Of each package whether something holds. */
export async function eachPackage(
  names: readonly string[],
  holds: (name: string) => boolean | Promise<boolean>,
): Promise<Readonly<Record<string, boolean>>> {
  const found: Record<string, boolean> = {};
  for (const name of names) found[name] = await holds(name);
  return found;
}
