import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const prompt = "sspi> ";
/** The most milliseconds that the answer to a typed line may take. */
const limit = 60_000;

/** Runs an interactive program in a pseudo-terminal, which `script` (util-linux) creates. */
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

  /** Waits for the prompt (or another `end`) and returns the terminal's text before it since the last typed line. */
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

  /** Types a line and returns what the terminal shows below it until the next prompt. */
  async type(line: string, end = prompt): Promise<string> {
    this.#text = "";
    this.#child.stdin?.write(`${line}\r`);
    const shown = await this.shown(end);
    return shown.slice(shown.indexOf("\n") + 1).trimEnd();
  }

  /** Leaves the program and returns its exit code. */
  async leave(): Promise<number | null> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.write(".exit\r");
    await ended;
    return this.#child.exitCode;
  }
}

/** Removes the escape sequences that move a terminal's cursor and colour its text. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "");
}
