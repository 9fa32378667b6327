import { describe, expect, it } from "vitest";
import { changes } from "../../codegen/changes.ts";
import { run } from "../../codegen/main.ts";
import { Scratch } from "./scratch.ts";

describe("the summary of a generator run", () => {
  it("names what was added, changed and removed, and a struct once however many layouts it has", () => {
    const before = "# made\nconstant A 1\nstruct S win32-ia32 4\nstruct S win32-x64 8\nattribute context a A S\n";
    const after = "# made\nconstant B 1\nstruct S win32-ia32 4\nstruct S win32-x64 16\nattribute context a A S\n";
    expect(changes(before, after)).toEqual([
      "1 added, 1 changed, 1 removed",
      "  + constant B",
      "  ~ struct S",
      "  - constant A",
    ]);
  });

  it("says so where no symbol changed, and does not count changed line endings as a change", () => {
    expect(changes("constant A 1\r\n", "constant A 1\n")).toEqual(["no symbol changed"]);
  });

  it("names at most twenty symbols of a long list", () => {
    const after = Array.from({ length: 23 }, (_, index) => `constant A${index} 1`).join("\n");
    const lines = changes(undefined, after);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([22, "23 added, 0 changed, 0 removed", "  + and 3 more"]);
  });
});

describe("npm run generate", () => {
  it("reports what it changed, or that nothing had to change", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", JSON.stringify({ header: "a.h", constants: { A: "1" } }));
    const told: string[] = [];
    const args = ["--metadata", `${scratch.out}/../metadata`, "--out", scratch.out];
    const tell = (): number =>
      run(
        args,
        (line) => expect.fail(line),
        (line) => told.push(line),
      );
    expect([tell(), tell()]).toEqual([0, 0]);
    expect(told.slice(1)).toEqual(["1 added, 0 changed, 0 removed", "  + constant A", "nothing changed"]);
  });

  it("prints help for --help, and an error with help but no stack for an unknown option", () => {
    const [told, reported]: [string[], string[]] = [[], []];
    const ran = (...args: string[]): number =>
      run(
        args,
        (line) => reported.push(line),
        (line) => told.push(line),
      );
    expect([ran("--help"), ran("--oot", "x")]).toEqual([0, 2]);
    expect(told).toEqual([expect.stringMatching(/^npm run generate \[-- OPTIONS\]\n.*--check/s)]);
    expect(reported).toEqual([expect.stringMatching(/^Unknown option '--oot'.*\n\nnpm run generate/s)]);
  });
});
