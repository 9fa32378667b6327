import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const prompt = "sspi> ";
/** Milliseconds until something that was typed has had its answer. */
const limit = 60_000;

/** A terminal with the prompt of a program in it: `script` (util-linux) gives the program one of its own. */
export class TypedPrompt {
  readonly #child: ChildProcess;
  #text = "";
  #changed: () => void = () => {};

  constructor(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    const line = command.map((word) => `'${word}'`).join(" ");
    this.#child = spawn("script", ["--quiet", "--flush", "--return", "--command", line, "/dev/null"], {
      cwd,
      env: { ...env, TERM: "xterm", SHELL: "/bin/sh" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString();
      this.#changed();
    });
    this.#child.once("exit", () => this.#changed());
  }

  /** What the terminal has shown since the last line was typed, up to the prompt, or to the end that is waited for. */
  async shown(end = prompt): Promise<string> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#changed();
    }, limit);
    try {
      for (;;) {
        const plain = withoutControls(this.#text);
        if (plain.endsWith(end)) return plain.slice(0, -end.length);
        if (late || this.#child.exitCode !== null) throw new Error(`the prompt does not come: ${plain}`);
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Types a line as a person does, after the prompt; what is shown below it until the next one. */
  async type(line: string, end = prompt): Promise<string> {
    this.#text = "";
    this.#child.stdin?.write(`${line}\r`);
    const shown = await this.shown(end);
    return shown.slice(shown.indexOf("\n") + 1).trimEnd();
  }

  /** Leaves it; the program's exit code. */
  async leave(): Promise<number | null> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.write(".exit\r");
    await ended;
    return this.#child.exitCode;
  }
}

/** Without the sequences that move a terminal's cursor and colour its text. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "");
}
