import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../codegen/main.ts";

/** The line of a mistake without its line and column, which have tests of their own. */
export function withoutPosition(line: string): string {
  return line.replace(/^([a-z]+\.json):\d+:\d+:/, "$1:");
}

/** A metadata folder for one test, and the output of a run over it. */
export class Scratch implements Disposable {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "metadata-"));

  get out(): string {
    return path.join(this.#folder, "out");
  }

  write(name: string, text: string): void {
    const target = path.join(this.#folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  run(...more: string[]): { code: number; lines: string[] } {
    const lines: string[] = [];
    const args = ["--metadata", path.join(this.#folder, "metadata"), "--out", this.out, ...more];
    return { code: run(args, (line) => lines.push(line)), lines };
  }

  /** Every file of the output folder, by name. */
  files(): Map<string, string> {
    const names = fs.existsSync(this.out) ? fs.readdirSync(this.out, { recursive: true, encoding: "utf8" }) : [];
    const files = names.filter((name) => fs.statSync(path.join(this.out, name)).isFile()).sort();
    return new Map(files.map((name) => [name, fs.readFileSync(path.join(this.out, name), "utf8")]));
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}
