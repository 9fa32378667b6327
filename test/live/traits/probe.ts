import type { SecurityProvider } from "../../../src/index.ts";
import type { Subject } from "./subjects.ts";

/** The observation: the trait's value itself, or which of the tried packages belong to the trait's set. */
export type Observation = boolean | string | Readonly<Record<string, boolean>>;

/**
 * Observes a trait. `provider` is the subject's, with traits that claim, in this respect, that it behaves as the
 * headers say.
 */
export type Observe = (subject: Subject, provider: SecurityProvider) => Observation | Promise<Observation>;

/** Whether a condition holds, for each package. */
export async function eachPackage(
  names: readonly string[],
  holds: (name: string) => boolean | Promise<boolean>,
): Promise<Readonly<Record<string, boolean>>> {
  const found: Record<string, boolean> = {};
  for (const name of names) found[name] = await holds(name);
  return found;
}
