import { expect } from "vitest";
import { runScript } from "../run-script.ts";

/** V8 makes room for young objects up to threefold, sooner or later by how busy the machine is: 16 MB that nobody lost. */
const settledHeap = ["--min-semi-space-size=8", "--max-semi-space-size=8"];

/** What a script of this folder measures, in a process of its own so that nobody else's memory is in it. */
export async function measuredChild<T>(file: URL, args: readonly string[]): Promise<T> {
  const child = await runScript(file, args, { node: ["--expose-gc", ...settledHeap] });
  expect({ signal: child.signal, status: child.status, stderr: child.stderr }).toEqual({
    signal: null,
    status: 0,
    stderr: "",
  });
  return JSON.parse(child.stdout) as T;
}
