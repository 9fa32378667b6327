import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Runs one of the bundled measuring processes, which prints a line of JSON for each of its results. */
export function measuring<T>(
  native: string,
  name: string,
  task: object,
  {
    environment = {},
    flags = [],
  }: { readonly environment?: NodeJS.ProcessEnv; readonly flags?: readonly string[] } = {},
): T[] {
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    [...flags, join(native, `${name}.mjs`), JSON.stringify(task)],
    // WinPR writes a line for each attribute that it lacks.
    {
      env: { ...process.env, WLOG_LEVEL: "OFF", ...environment },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (status !== 0) throw new Error(`${name} ended with ${signal ?? status}`);
  return resultsIn(stdout);
}

/** The results that a measuring process has printed. */
export function resultsIn<T>(output: string): T[] {
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
