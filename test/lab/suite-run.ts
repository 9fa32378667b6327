import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** The outcome of a test file: the messages about the file as a whole, and about its tests. */
export interface FileRun {
  readonly file: string;
  /** The reason why the file could not be run; empty where it was run. */
  readonly message: string;
  readonly tests: readonly { readonly title: string; readonly status: string; readonly message: string }[];
}

export interface SuiteRun {
  readonly code: number;
  readonly files: readonly FileRun[];
  /** Everything that the run printed. */
  readonly output: string;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Runs suites of this project in a separate Vitest, with a separate lab. */
export async function runSuites(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<SuiteRun> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-suites-"));
  const file = join(folder, "report.json");
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const command = ["node_modules/vitest/vitest.mjs", "run", ...args];
  try {
    const ran = await new Promise<{ code: number; output: string }>((resolve) => {
      const settings = { env: { ...own, SSPI_TEST_REPORT: file, ...env } };
      const child = execFile(process.execPath, command, settings, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, output: stripVTControlCharacters(stdout + stderr) }),
      );
    });
    return { ...ran, files: filesOf(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesOf(report: string): readonly FileRun[] {
  const { testResults }: Report = JSON.parse(readFileSync(report, "utf8"));
  return testResults.map(({ name, message, assertionResults }) => ({
    file: relative(process.cwd(), name),
    message,
    tests: assertionResults.map(({ title, status, failureMessages }) => ({
      title,
      status,
      message: (failureMessages ?? []).join("\n"),
    })),
  }));
}
