import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../codegen/main.ts";

const folder = path.join(import.meta.dirname, "golden");

function contents(out: string): Record<string, string> {
  if (!fs.existsSync(out)) return {};
  const files = fs.readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    files
      .filter((file) => fs.statSync(path.join(out, file)).isFile())
      .map((file) => [file, fs.readFileSync(path.join(out, file), "utf8")]),
  );
}

describe("the generated files of small metadata are the committed ones (the test overwrites them: see git diff)", () => {
  it.each(fs.readdirSync(folder))("%s", (name) => {
    const out = path.join(folder, name, "generated");
    const committed = contents(out);
    const reported: string[] = [];
    const code = run(["--metadata", path.join(folder, name, "metadata"), "--out", out], (line) => reported.push(line));
    expect(reported).toEqual([]);
    expect(code).toBe(0);
    expect(contents(out)).toEqual(committed);
  });
});
