import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../codegen/main.ts";
import { root } from "../architecture/source-files.ts";

const metadata = path.join(import.meta.dirname, "golden/values/metadata");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "checked-anywhere-"));
const out = path.join(folder, "generated");
const linked = path.join(folder, "link");

beforeAll(() => {
  run(["--metadata", metadata, "--out", out], (line) => expect.fail(line));
  fs.symlinkSync(root, linked, "junction");
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The command, with a given spelling of the path of the project's folder. */
function check(project: string): { status: number | null; stderr: string } {
  const script = path.join(project, "codegen/main.ts");
  const args = ["--import", "tsx", script, "--metadata", metadata, "--out", out, "--check"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return { status, stderr };
}

describe("generate -- --check", { timeout: 120_000 }, () => {
  it.each([
    ["its own path", root],
    ["a linked folder", linked],
  ])("G5 generate -- --check, started through %s, passes fresh files and fails with a stale one", (_way, project) => {
    expect(check(project)).toEqual({ status: 0, stderr: "" });
    const file = path.join(out, "status.ts");
    const fresh = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, fresh.replace("it worked", "it failed"));
    const { status, stderr } = check(project);
    expect(status).toBe(1);
    expect(stderr).toContain("status.ts is not what the metadata generates");
    fs.writeFileSync(file, fresh);
  });
});

describe("a clone that core.autocrlf=true made", { timeout: 120_000 }, () => {
  it("has the line endings that generated files are compared with", () => {
    const clone = path.join(folder, "clone");
    const git = (...args: string[]) => spawnSync("git", args, { encoding: "utf8" });
    const made = git("-c", "core.autocrlf=true", "clone", "--quiet", "--depth=1", `file://${root}`, clone);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    const { stdout } = git("-C", clone, "ls-files", "--eol");
    expect(stdout.split("\n").filter((line) => /\bw\/(crlf|mixed)\b/.test(line))).toEqual([]);
    fs.symlinkSync(path.join(root, "node_modules"), path.join(clone, "node_modules"), "junction");
    const checked = spawnSync(process.execPath, ["--import", "tsx", "codegen/main.ts", "--check"], {
      cwd: clone,
      encoding: "utf8",
    });
    expect(checked).toMatchObject({ status: 0, stderr: "" });
  });
});
