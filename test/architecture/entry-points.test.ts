import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Project, ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { runScript } from "../run-script.ts";
import { root } from "./source-files.ts";

const listed = entryPoints();
const sources = Object.fromEntries(listed.map(({ specifier, source }) => [specifier, join(root, source)]));

describe("the entry points of package.json", () => {
  it("are exactly the files that are directly in src", () => {
    const files = readdirSync(join(root, "src")).filter((name) => name.endsWith(".ts"));
    expect(listed.map(({ source }) => source).sort()).toEqual(files.map((name) => `src/${name}`).sort());
  });

  it("are their sources for the compiler", () => {
    const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
    const found = listed.map(({ specifier }) => [
      specifier,
      ts.resolveModuleName(specifier, join(root, "test/importer.ts"), project.getCompilerOptions(), ts.sys)
        .resolvedModule?.resolvedFileName,
    ]);
    expect(Object.fromEntries(found)).toEqual(sources);
  });

  it("are their sources for tsx, which runs scripts and examples", async () => {
    const file = new URL("../fixtures/resolve.ts", import.meta.url);
    const { stdout, stderr } = await runScript(file, Object.keys(sources));
    const urls = Object.entries(sources).map(([specifier, path]) => [specifier, pathToFileURL(path).href]);
    expect({ resolved: stdout && JSON.parse(stdout), stderr }).toEqual({
      resolved: Object.fromEntries(urls),
      stderr: "",
    });
  });

  it.each(Object.entries(sources))("%s is its source in a test", async (specifier, source) => {
    expect(existsSync(source)).toBe(true);
    expect(await import(specifier)).toBe(await import(source));
  });
});
