import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notePeer } from "../report/tested-on.ts";

/** OpenSSL's own program at the other end of a connection. */
export class OpensslProgram implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  #output = "";

  /** `files` are written into a folder for this program, and named in the arguments as `@name`. */
  constructor(args: readonly string[], files: Readonly<Record<string, string>>) {
    notePeer("openssl");
    this.#folder = mkdtempSync(join(tmpdir(), "openssl-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
    this.#child = spawn(
      "openssl",
      args.map((arg) => (arg.startsWith("@") ? join(this.#folder, arg.slice(1)) : arg)),
    );
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on("data", (text) => {
        this.#output += text;
        this.#child.emit("said");
      });
  }

  /** Waits until the program has printed this text. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`openssl ended without ${pattern}:\n${this.#output}`);
      await Promise.race([once(this.#child, "said"), once(this.#child, "close")]);
    }
  }

  /** A line of its standard input: text that it sends, or one of its commands. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.on("error", () => {});
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "close");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
