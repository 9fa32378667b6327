import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "../architecture/source-files.ts";

/** What importing the installed package in `folder` brings into a process. */
export function loadSuite(folder: string): void {
  const run = (program: string): string => {
    const args = ["--enable-source-maps", "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout;
  };
  const file = (source: string): string =>
    join(folder, "node_modules/sspi-ffi", source.replace(/^src/, "dist").replace(/\.ts$/, ".js"));

  describe("an import of the published package", () => {
    it.each([
      ["sspi-ffi", 800_000],
      ["sspi-ffi/raw", 1_260_000],
      ["sspi-ffi/explain", 220_000],
    ])("%s brings at most %d bytes of code along", (specifier, limit) => {
      const source = entryPoints().find((entry) => entry.specifier === specifier)?.source;
      const files = filesOf(file(String(source)));
      expect([...files].reduce((sum, one) => sum + statSync(one).size, 0)).toBeLessThan(limit);
    });

    it("loads none of Node's larger modules, which few programs need", () => {
      const program = `await import("sspi-ffi"); console.log(process.moduleLoadList.join(" "))`;
      const loaded = run(program).split(/\s/);
      expect(loaded).toContain("path");
      for (const module of ["crypto", "net", "tls", "http", "dns"]) expect(loaded).not.toContain(module);
    });
  });

  describe("the published package's code", () => {
    it("has classes with the names that they are exported by", () => {
      const program = `for (const specifier of ${JSON.stringify(entryPoints().map(({ specifier }) => specifier))})
        for (const [name, value] of Object.entries(await import(specifier)))
          if (/^class\\b/.test(Function.prototype.toString.call(typeof value === "function" ? value : () => 0)))
            console.log(name === value.name ? "named" : name + " is " + value.name);`;
      const lines = run(program).trim().split("\n");
      expect(lines.length).toBeGreaterThan(20);
      expect(lines.filter((line) => line !== "named")).toEqual([]);
    });

    it("is mapped to the lines of its source, also where declarations were compiled one by one", () => {
      const program = `import { SecBuffer } from "sspi-ffi/raw";
        try { SecBuffer.write(new DataView(new ArrayBuffer(64)), { cbBuffer: -1 }); } catch (error) { console.log(error.stack); }`;
      const [, path, line] = /(generated\/sspi\/structs\.ts):(\d+)/.exec(run(program)) ?? [];
      const lines = readFileSync(join(root, String(path)), "utf8").split("\n");
      expect(lines[Number(line) - 1]).toContain('"SecBuffer.cbBuffer"');
    });
  });
}

/** Returns a built file and the files that it imports. */
function filesOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file) || !existsSync(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g))
    filesOf(join(dirname(file), String(path)), found);
  return found;
}
