import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "./code-blocks.ts";

const blocks = codeBlocks("README.md");
const titled = (kind: string) =>
  blocks.filter((block) => block.kind === kind).map((block) => ({ ...block, title: `line ${block.line}` }));
const tsx = join(root, "node_modules/tsx/dist/cli.mjs");

let folder = "";
beforeEach(() => {
  // Inside the project, so that `sspi-ffi` is found as a reader's would be.
  mkdirSync(join(root, ".cache"), { recursive: true });
  folder = mkdtempSync(join(root, ".cache/readme-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const options = { cwd: folder, encoding: "utf8", timeout: 60_000 } as const;
  return spawnSync(process.execPath, [tsx, ...args], options);
}

describe("the README's code", () => {
  it("is found", () => {
    expect(titled("ts run").length).toBeGreaterThanOrEqual(2);
    expect(titled("ts").length).toBeGreaterThanOrEqual(2);
    expect(titled("repl").length).toBe(1);
  });

  it.each(titled("ts run"))("runs and prints what it says ($title)", ({ text, output }) => {
    writeFileSync(join(folder, "block.ts"), text);
    const { status, stdout, stderr } = run("block.ts");
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: output });
  });

  it("compiles, every block of it", { timeout: 120_000 }, () => {
    const all = [...titled("ts"), ...titled("ts run")];
    for (const { line, text } of all) writeFileSync(join(folder, `line-${line}.ts`), text);
    const settings = {
      extends: join(root, "tsconfig.json"),
      include: ["*.ts"],
      compilerOptions: { noUnusedLocals: false },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const compiled = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8", cwd: root });
    expect(compiled.stdout).toBe("");
    expect(compiled.status).toBe(0);
  });

  it.each(titled("repl"))("can be typed at the prompt ($title)", ({ text }) => {
    const typed = text.split("\n").filter((line) => line.startsWith("sspi> "));
    const input = typed.map((line) => line.slice("sspi> ".length)).join("\n");
    const { stdout } = spawnSync(process.execPath, [tsx, join(root, "scripts/repl.ts")], {
      cwd: folder,
      input: `${input}\n`,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(stdout).not.toContain("Uncaught");
    // Statements print `undefined` or a value that the README leaves out.
    const expected = text.split("\n").filter((line) => line !== "" && !line.startsWith("sspi> "));
    expect(expected.filter((line) => !stdout.includes(line))).toEqual([]);
  });
});
