import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownFiles } from "./markdown-files.ts";
import { root, sourceFiles } from "./source-files.ts";

/** Lines that write a file of WinPR's users without limiting it to its owner, or outside of a folder of its own. */
function openWrites(text: string): string[] {
  const ownFolder = text.includes("mkdtempSync(");
  return text
    .split("\n")
    .filter((line) => /writeFileSync\(.*:::/.test(line))
    .filter((line) => !ownFolder || !line.includes("mode: 0o600"));
}

describe("what pages and examples write", () => {
  it("E4 a file of users is written for its owner alone and into a folder of its own, in every page and example", () => {
    const files = [...markdownFiles(), ...sourceFiles("examples")];
    const writing = files.filter((file) => /writeFileSync\(.*:::/.test(readFileSync(join(root, file), "utf8")));
    expect(writing.length).toBeGreaterThan(2);
    expect(writing.flatMap((file) => openWrites(readFileSync(join(root, file), "utf8")))).toEqual([]);
  });

  it("E4 the check finds a file of users that everybody may read or that is written beside the program", () => {
    const write = 'writeFileSync(samFile, "alice:::00:::\\n"';
    expect(openWrites(`${write});\nmkdtempSync("sam-");`)).toEqual([`${write});`]);
    expect(openWrites(`${write}, { mode: 0o600 });`)).toEqual([`${write}, { mode: 0o600 });`]);
    expect(openWrites(`mkdtempSync("sam-");\n${write}, { mode: 0o600 });`)).toEqual([]);
  });
});
