import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { wineVersion } from "../../test/windows/wine-version.ts";
import type { Experiment, Seen } from "./experiment.ts";
import { experiments } from "./experiments/index.ts";

/** The outcome of one experiment's process. */
export type Outcome = Seen | { readonly ended: string };

export interface Report {
  /** `10.0.26100` for Windows, `Wine 8.0` under Wine, the kernel's release elsewhere. */
  readonly system: string;
  readonly node: string;
  readonly architecture: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

type Experiments = Readonly<Record<string, Experiment>>;

/** The limit in milliseconds: no experiment takes more than a few seconds if it works. */
const usualLimit = 30_000;

/**
 * Runs one experiment in a process that `argv` starts; a process that writes no file has ended by itself or was killed
 * at the time limit.
 */
async function outcomeOf(name: string, argv: readonly string[], file: string, limit: number): Promise<Outcome> {
  const child = spawn(process.execPath, [...argv, name, file], { stdio: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), limit);
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Seen;
  return { ended: signal === null ? `exit code ${code}` : `${signal}` };
}

/**
 * Runs all experiments, one after the other, each for `limit` milliseconds at most. `argv` contains Node's arguments
 * for the script of one experiment.
 */
export async function runReport(
  argv: readonly string[],
  all: Experiments = experiments,
  limit = usualLimit,
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-report-"));
  const outcomes: Record<string, Outcome> = {};
  try {
    for (const name of Object.keys(all))
      outcomes[name] = await outcomeOf(name, argv, join(folder, `${name}.json`), limit);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const wine = wineVersion();
  const system = wine === undefined ? release() : `Wine ${wine}`;
  return { system, node: process.version, architecture: process.arch, outcomes };
}

/** Returns the report as text: each experiment's question, the expectation and the observation. */
export function reportText({ system, node, architecture, outcomes }: Report, all: Experiments = experiments): string {
  const lines = [`${system}, Node ${node}, ${architecture}`];
  for (const [name, outcome] of Object.entries(outcomes)) {
    const { question, expected } = all[name] as Experiment;
    lines.push("", `${name}: ${question}`, `  expected  ${expected}`);
    for (const [key, value] of Object.entries(outcome))
      for (const [index, line] of [value].flat().entries())
        lines.push(`  ${index === 0 ? key.padEnd(22) : " ".repeat(22)}  ${line}`);
  }
  return lines.join("\n");
}
