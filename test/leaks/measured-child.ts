import { expect } from "vitest";
import { runScript } from "../run-script.ts";

/** What a script of this folder measures, in a process of its own so that nobody else's memory is in it. */
export async function measuredChild<T>(file: URL, args: readonly string[]): Promise<T> {
  const child = await runScript(file, args, { node: ["--expose-gc"] });
  expect({ signal: child.signal, status: child.status, stderr: child.stderr }).toEqual({
    signal: null,
    status: 0,
    stderr: "",
  });
  return JSON.parse(child.stdout) as T;
}
