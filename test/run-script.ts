import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ScriptRun {
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScriptOptions {
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a TypeScript file in a child process, without blocking this process's event loop. */
export function runScript(file: URL, args: readonly string[], options: ScriptOptions = {}): Promise<ScriptRun> {
  const all = [...(options.node ?? []), "--import", "tsx", fileURLToPath(file), ...args];
  const settings = { maxBuffer: 1 << 26, timeout: 110_000, env: { ...process.env, ...options.env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, settings, (_, stdout, stderr) =>
      resolve({ signal: child.signalCode, status: child.exitCode, stdout, stderr }),
    );
  });
}
