import { expect } from "vitest";
import { runScript } from "../run-script.ts";

/**
 * V8 enlarges the space of young objects up to threefold, at a time that depends on the machine's load: 16 MB that are
 * no leak.
 */
const settledHeap = ["--min-semi-space-size=8", "--max-semi-space-size=8"];

/** The measurements of a script of this folder, in a separate process so that no other memory is counted. */
export async function measuredChild<T>(file: URL, args: readonly string[]): Promise<T> {
  const child = await runScript(file, args, { node: ["--expose-gc", ...settledHeap] });
  expect({ signal: child.signal, status: child.status, stderr: child.stderr }).toEqual({
    signal: null,
    status: 0,
    stderr: "",
  });
  return JSON.parse(child.stdout) as T;
}
