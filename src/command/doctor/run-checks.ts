import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Check, checks } from "./checks.ts";
import { type Finding, problem, problemOf } from "./finding.ts";

/**
 * The time limit for all checks of one process, in milliseconds: a domain controller that does not respond takes 25 s.
 */
const limit = 60_000;

/** Runs checks one after another, and appends each finding to a file as a line of JSON. */
export async function makeChecks(
  names: readonly string[],
  file: string,
  all: Readonly<Record<string, Check>> = checks,
): Promise<void> {
  for (const name of names) {
    const finding: Finding = { check: name, ...(await found(all[name] as Check)) };
    appendFileSync(file, `${JSON.stringify(finding)}\n`);
  }
}

async function found(check: Check): Promise<Omit<Finding, "check">> {
  try {
    return await check();
  } catch (error) {
    return problemOf(error);
  }
}

/**
 * Runs checks in a separate process, so that a library which ends the process, or never returns, becomes a finding too;
 * the next process runs the remaining checks. `argv` starts a process that calls {@link makeChecks}.
 */
export async function runChecks(names: readonly string[], argv: readonly string[], time = limit): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-doctor-"));
  const findings: Finding[] = [];
  try {
    while (findings.length < names.length) {
      const file = join(folder, String(findings.length));
      const ending = await ended([...argv, file, ...names.slice(findings.length)], time);
      findings.push(...findingsIn(file));
      const check = names[findings.length];
      if (check !== undefined)
        findings.push({ check, ...problem([`the process that looked ${ending}`], "Report this, please") });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return findings;
}

async function ended(argv: readonly string[], time: number): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, ...argv], { stdio: "ignore" });
  let inTime = true;
  const timer = setTimeout(() => {
    inTime = false;
    child.kill("SIGKILL");
  }, time);
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  if (!inTime) return `did not come back within ${time / 1000} s`;
  return `ended with ${signal ?? `exit code ${code}`}`;
}

function findingsIn(file: string): Finding[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Finding);
}
