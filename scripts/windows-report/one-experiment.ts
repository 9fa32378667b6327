import { writeFileSync } from "node:fs";
import type { Experiment } from "./experiment.ts";

/** Runs one experiment in a separate process, because some experiments may end it: `node SCRIPT NAME FILE`. */
export async function runExperiment(all: Readonly<Record<string, Experiment>>): Promise<never> {
  const [name = "", file = ""] = process.argv.slice(2);
  const experiment = all[name];
  if (!experiment) throw new Error(`there is no experiment ${JSON.stringify(name)}`);
  let seen: unknown;
  try {
    seen = await experiment.run();
  } catch (error) {
    // The message may contain data of this machine; the error's name and code do not.
    const { name: kind, code } = error as Error & { readonly code?: unknown };
    seen = { error: code === undefined ? kind : `${kind} ${String(code)}` };
  }
  writeFileSync(file, JSON.stringify(seen));
  process.exit(0);
}
