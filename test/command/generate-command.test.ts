import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingPeers } from "../../src/command/peers.ts";
import { ran } from "./ran.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "generate-command-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("sspi-ffi generate", { timeout: 120_000 }, () => {
  it("--help lists every option and what the command needs", async () => {
    const { status, stdout, stderr } = await ran(["generate", "--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const word of ["--metadata FILE", "--out FOLDER", "--extension EXT", "--check", "npm i -D ts-morph zod"])
      expect(stdout).toContain(word);
  });

  it.each([
    [[], /^sspi-ffi generate: expected --metadata FILE and --out FOLDER; --help says more\n$/],
    [["--metadata", "a.json", "--oot", "b"], /^sspi-ffi generate: Unknown option '--oot'.*; --help says more\n$/s],
    [
      ["--metadata", "a.json", "--out", "b", "--extension", "mjs"],
      /^sspi-ffi generate: expected --extension js or ts, got mjs\n$/,
    ],
  ])("%j is misused: the exit code is 2, and the message says what is expected", async (args, message) => {
    const { status, stdout, stderr } = await ran(["generate", ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("writes the files, and prints what has changed; a second time nothing has", async () => {
    const [metadata, out] = [join(folder, "mine.json"), join(folder, "out")];
    writeFileSync(metadata, JSON.stringify({ header: "mine.h", constants: { MINE: "1" } }));
    const args = ["generate", "--metadata", metadata, "--out", out, "--extension", "ts"];
    expect(await ran(args)).toEqual({
      status: 0,
      stdout: `${out}: 2 files: 2 written, 0 as they were, 0 removed\n1 added, 0 changed, 0 removed\n  + constant MINE\n`,
      stderr: "",
    });
    expect(readFileSync(join(out, "mine/constants.ts"), "utf8")).toContain("export const MINE = 1;");
    const again = `${out}: 2 files: 0 written, 2 as they were, 0 removed\nno symbol changed\n`;
    expect(await ran(args)).toEqual({ status: 0, stdout: again, stderr: "" });
  });

  it("exits with 1 where the metadata is wrong, and names file, line and column of the mistake", async () => {
    const metadata = join(folder, "wrong.json");
    writeFileSync(metadata, '{\n  "header": "wrong.h",\n  "constant": {}\n}');
    const { status, stdout, stderr } = await ran(["generate", "--metadata", metadata, "--out", join(folder, "none")]);
    const mistake = `${metadata}:3:3: expected no key "constant"\n`;
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "", stderr: mistake });
  });
});

describe("packages that only one command needs", () => {
  const versions = (found: Readonly<Record<string, string>>) => (name: string) => found[name];

  it("are not asked for where they are installed in the version of the tests or later", () => {
    const find = versions({ "ts-morph": "28.0.0", zod: "99.1.0" });
    expect(missingPeers("generate", ["ts-morph", "zod"], find)).toBe(undefined);
  });

  it("are named with the installed version where it is too old", () => {
    const find = versions({ "ts-morph": "28.0.0", zod: "3.25.1" });
    expect(missingPeers("generate", ["ts-morph", "zod"], find)).toBe(
      "generate needs ts-morph 28 and zod 4, or later: zod is 3.25.1. npm i -D ts-morph zod",
    );
  });
});
