import type { Readable, Writable } from "node:stream";

/** The streams of a command: the process's own, unless a test passes others. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Exit codes; 2 is for a command line that is not understood. */
export const succeeded = 0;
export const failed = 1;
export const misused = 2;

/** Runs a command with the arguments after its name, and returns the exit code. @throws UsageError */
export type Command = (args: readonly string[], streams: Streams) => Promise<number>;

/** The command line is not understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Checks the number of arguments. @throws UsageError for more or fewer arguments */
export function only(args: readonly string[], count: number, what: string): readonly string[] {
  if (args.length !== count)
    throw new UsageError(`expected ${what}, got ${args.length === 0 ? "nothing" : args.join(" ")}`);
  return args;
}
