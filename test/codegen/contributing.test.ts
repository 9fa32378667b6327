import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../codegen/main.ts";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "../readme/code-blocks.ts";

type Json = { [key: string]: Json } | Json[] | string | number | boolean;

const recipes = codeBlocks("CONTRIBUTING.md").filter(({ kind }) => kind.startsWith("json "));

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "contributing-"));
  fs.cpSync(path.join(root, "metadata"), path.join(folder, "metadata"), { recursive: true });
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a person does who follows a recipe: adds the keys, replaces what is there. */
function merged(into: Json | undefined, change: Json): Json {
  if (typeof change !== "object" || Array.isArray(change)) return change;
  if (typeof into !== "object" || Array.isArray(into)) return change;
  const result = { ...into };
  for (const [key, value] of Object.entries(change)) result[key] = merged(result[key], value);
  return result;
}

function follow(kind: string, text: string): void {
  const file = path.join(folder, kind.slice("json ".length));
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
  fs.writeFileSync(file, JSON.stringify(merged(before, JSON.parse(text)), null, 2));
}

describe("the recipes of CONTRIBUTING", () => {
  it("are four", () => expect(recipes.length).toBe(4));

  it.each(recipes.map((recipe) => ({ ...recipe, title: `line ${recipe.line}` })))(
    "generate what they promise, followed as written ($title)",
    ({ kind, text }) => {
      follow(kind, text);
      const complaints: string[] = [];
      const out = path.join(folder, "generated");
      const code = run(["--metadata", path.join(folder, "metadata"), "--out", out], (line) => complaints.push(line));
      expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
      const surface = fs.readFileSync(path.join(out, "surface.txt"), "utf8");
      for (const name of Object.keys(JSON.parse(text).functions)) expect(surface).toContain(`function ${name} `);
    },
    120_000,
  );
});
