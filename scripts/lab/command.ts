import { execFile, spawnSync } from "node:child_process";
import { componentFile } from "./components.ts";

interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program's standard input. */
  readonly input?: string;
}

type Command = readonly [string, ...string[]];

/** Runs a program to its end. @throws Error with its output if it fails. */
export function runCommand([program, ...args]: Command, options: CommandOptions): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env: { ...options.env },
    input: options.input ?? "",
    encoding: "utf8",
  });
  if (status === 0) return stdout;
  throw failure([program, ...args], error?.message ?? stdout + stderr);
}

/** Runs a program without blocking this process; the program is killed when this process ends. */
export function runBeside(command: Command, options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["--pdeathsig", "KILL", ...command];
    const child = execFile(componentFile("setpriv"), args, { env: { ...options.env } }, (error, stdout, stderr) => {
      if (error) reject(failure(command, stdout + stderr || error.message));
      else resolve(stdout);
    });
    child.stdin?.on("error", () => {}).end(options.input ?? "");
  });
}

function failure(command: Command, output: string): Error {
  return new Error(`${command.join(" ")} failed: ${output.trim()}`);
}
