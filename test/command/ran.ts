import { Readable, Writable } from "node:stream";
import { runCommand } from "../../src/command/run-command.ts";

class Written extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** The exit code and output of a command line that runs in this process. */
export async function ran(args: readonly string[], input = "") {
  const [stdout, stderr] = [new Written(), new Written()];
  const status = await runCommand(args, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr });
  return { status, stdout: stdout.text, stderr: stderr.text };
}
