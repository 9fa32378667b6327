import { spawnSync } from "node:child_process";

interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its standard input. */
  readonly input?: string;
}

/** Runs a program to its end. @throws Error with its output when it fails. */
export function runCommand([program, ...args]: readonly [string, ...string[]], options: CommandOptions): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env: { ...options.env },
    input: options.input ?? "",
    encoding: "utf8",
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}
