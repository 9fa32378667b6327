import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../codegen/main.ts";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "../readme/code-blocks.ts";
import { followRecipe } from "./followed-recipe.ts";

const recipes = codeBlocks("CONTRIBUTING.md").filter(({ kind }) => kind.startsWith("json "));

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "contributing-"));
  fs.cpSync(path.join(root, "metadata"), path.join(folder, "metadata"), { recursive: true });
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("the recipes of CONTRIBUTING", () => {
  it("are four", () => expect(recipes.length).toBe(4));

  it.each(recipes.map((recipe) => ({ ...recipe, title: `line ${recipe.line}` })))(
    "generate what they promise when followed as written ($title)",
    ({ kind, text }) => {
      followRecipe(folder, kind, text);
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
