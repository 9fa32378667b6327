import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { generate } from "../../codegen/generate.ts";
import { Scratch } from "./scratch.ts";

const metadata = path.join(import.meta.dirname, "../../metadata");
const nowhere = { ctypes: "../src/ctypes/index.ts", callable: "../src/native/callable.ts" };

function sources(change: (text: string) => string = (text) => text): Map<string, string> {
  const names = fs.readdirSync(metadata).filter((name) => name !== "schema.json");
  return new Map(names.map((name) => [name, change(fs.readFileSync(path.join(metadata, name), "utf8"))]));
}

/** Reverses the order of all entities; the order inside an entity has a meaning and stays. */
function reversed(text: string): string {
  const content = JSON.parse(text) as Record<string, unknown>;
  const turned = Object.entries(content).map(([key, value]) =>
    typeof value === "object" && value !== null && !["attributes", "leftOut", "statuses"].includes(key)
      ? [key, Object.fromEntries(Object.entries(value).reverse())]
      : [key, value],
  );
  return JSON.stringify(Object.fromEntries(turned.reverse()));
}

function textOf(files: Map<string, string>): Map<string, string> {
  const generated = generate(files, nowhere);
  if ("mistakes" in generated) throw new Error(generated.mistakes.join("\n"));
  return new Map(generated.artefacts.map((artefact) => [artefact.path, artefact.text]));
}

describe("generation is deterministic", { timeout: 60_000 }, () => {
  it("makes the same bytes from the same metadata, whatever order the files are found in", () => {
    expect(textOf(new Map([...sources()].reverse()))).toEqual(textOf(sources()));
  });

  it("makes the same surface when entities change places", () => {
    expect(textOf(sources(reversed)).get("surface.txt")).toBe(textOf(sources()).get("surface.txt"));
  });
});

describe("generate -- --check", () => {
  const content = JSON.stringify({ header: "a.h", constants: { A: "1" } });

  it("passes with what was just generated", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", content);
    expect(scratch.run().code).toBe(0);
    expect(scratch.run("--check")).toEqual({ code: 0, lines: [] });
  });

  it("names files that differ, are missing or are superfluous and the command that repairs them, and changes nothing", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", content);
    scratch.run();
    scratch.write("out/surface.txt", "edited");
    scratch.write("out/stray.ts", "stray");
    fs.rmSync(path.join(scratch.out, "a/constants.ts"));
    const before = scratch.files();
    const { code, lines } = scratch.run("--check");
    expect(code).toBe(1);
    expect(lines.slice(0, -1).map((line) => line.replace(/.*\/out\//, ""))).toEqual([
      "a/constants.ts is not what the metadata generates",
      "stray.ts is not what the metadata generates",
      "surface.txt is not what the metadata generates",
    ]);
    expect(lines.at(-1)).toBe("Mend it with: npm run generate");
    expect(scratch.files()).toEqual(before);
  });
});
