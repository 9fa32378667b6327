import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { markdownFiles } from "../architecture/markdown-files.ts";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "./code-blocks.ts";

const blocks = markdownFiles().flatMap(codeBlocks);
const titled = (kind: string) =>
  blocks.filter((block) => block.kind === kind).map((block) => ({ ...block, title: `${block.file}:${block.line}` }));
const tsx = join(root, "node_modules/tsx/dist/cli.mjs");

let folder = "";
beforeEach(() => {
  // The folder is inside the project, so that `sspi-ffi` resolves as in a reader's project.
  mkdirSync(join(root, ".cache"), { recursive: true });
  folder = mkdtempSync(join(root, ".cache/pages-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const options = { cwd: folder, encoding: "utf8", timeout: 60_000 } as const;
  return spawnSync(process.execPath, [tsx, ...args], options);
}

describe("code blocks of the Markdown pages", () => {
  it("exist, and each has a kind that some test covers", () => {
    for (const kind of ["ts run", "ts", "repl", "js", "js run", "js lab", "js server"])
      expect(titled(kind).length, kind).toBeGreaterThan(0);
    // The generator's tests follow the recipes (`json FILE`) and their files (`c FILE`, `ts FILE`).
    // Programs of other libraries (`js before`) are for comparison. Blocks that need a realm have their own test.
    const known = /^(ts|ts run|js|js run|js lab|js server|js before|output|repl|sh|json .*|c \w+\.c|ts \w+\.ts)$/;
    expect(blocks.filter(({ kind }) => !known.test(kind))).toEqual([]);
  });

  it.each(titled("ts run"))("run and print the page's output: $title", ({ text, output }) => {
    writeFileSync(join(folder, "block.ts"), text);
    const { status, stdout, stderr } = run("block.ts");
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: output });
  });

  it("compile, each as its own module", { timeout: 120_000 }, () => {
    for (const { file, line, text } of [...titled("ts"), ...titled("ts run")])
      writeFileSync(join(folder, `${file.replaceAll("/", "-")}-${line}.ts`), text);
    for (const { file, line, text } of ["js", "js lab"].flatMap(titled))
      writeFileSync(join(folder, `${file.replaceAll("/", "-")}-${line}.js`), text);
    const settings = {
      extends: join(root, "tsconfig.json"),
      include: ["*.ts", "*.js"],
      compilerOptions: { noUnusedLocals: false, allowJs: true, checkJs: true },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const compiled = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8", cwd: root });
    expect(compiled.stdout).toBe("");
    expect(compiled.status).toBe(0);
  });

  it.each(titled("repl"))(
    "can be typed at the prompt of `npm run repl` and give the page's results: $title",
    ({ text }) => {
      const typed = text.split("\n").filter((line) => line.startsWith("sspi> "));
      const input = typed.map((line) => line.slice("sspi> ".length)).join("\n");
      const { stdout } = spawnSync(process.execPath, [tsx, join(root, "scripts/repl.ts")], {
        cwd: folder,
        input: `${input}\n`,
        encoding: "utf8",
        timeout: 60_000,
      });
      expect(stdout).not.toContain("Uncaught");
      // Statements print `undefined` or a value that the page leaves out.
      const expected = text.split("\n").filter((line) => line !== "" && !line.startsWith("sspi> "));
      expect(expected.filter((line) => !stdout.includes(line))).toEqual([]);
    },
  );
});
