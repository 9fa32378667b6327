import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "./source-files.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json"));

describe("the page about stability", () => {
  it("promises something for each entry point of package.json, and for no other", () => {
    const rows = [...read("docs/stability.md").matchAll(/^\| `(sspi-ffi[^`]*)` \| \S/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(
      entryPoints()
        .map(({ specifier }) => specifier)
        .sort(),
    );
  });
});

describe("the changelog", () => {
  it("has a section for the version of package.json", () => {
    expect(read("CHANGELOG.md")).toMatch(new RegExp(`^## \\[${manifest.version}\\] - `, "m"));
  });

  it("names each entry point in the section of the first version", () => {
    const section = /^## \[0\.1\.0\].*?(?=^## |$(?![\s\S]))/ms.exec(read("CHANGELOG.md"))?.[0] ?? "";
    expect(entryPoints().filter(({ specifier }) => !section.includes(`\`${specifier}\``))).toEqual([]);
  });
});

describe("the page about koffi", () => {
  it("states the version range of koffi that package.json has", () => {
    expect(read("docs/security/koffi.md")).toContain(`\`${manifest.dependencies.koffi}\``);
  });
});
