import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../architecture/source-files.ts";
import { followRecipe } from "../codegen/followed-recipe.ts";
import { canCompile } from "../fixtures/compiled-library.ts";
import { codeBlocks } from "../readme/code-blocks.ts";

const blocks = codeBlocks("docs/guides/extend.md");
const files = blocks.filter(({ kind }) => /^(c|ts) \w+\.\w+$/.test(kind));

/** Tests of `npx sspi-ffi generate` in a project that has the package installed; `folder` contains its node_modules. */
export function generateSuite(folder: string): void {
  const project = join(folder, "extended");
  const run = (command: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const generate = (...args: readonly string[]) =>
    run(process.execPath, join(folder, "node_modules/sspi-ffi/dist/command/main.js"), "generate", ...args);
  const names = ["--metadata", "greet.json", "--metadata", "party.json", "--metadata", "vendor.json"];

  describe("the installed generator", () => {
    it("names the missing packages first when ts-morph and zod are not installed", () => {
      mkdirSync(join(project, "src"), { recursive: true });
      expect(generate(...names, "--out", "src/bindings")).toEqual({
        status: 2,
        stdout: "",
        stderr:
          "sspi-ffi generate needs ts-morph 28 and zod 4, or later: ts-morph is not installed, zod is not installed. " +
          "npm i -D ts-morph zod\n",
      });
    });

    it("prints its help without ts-morph and zod", () => {
      const { status, stdout } = generate("--help");
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringMatching(/^Usage: sspi-ffi generate .*--check/s),
      });
    });

    it("generates the bindings of the page's recipes", () => {
      for (const name of ["ts-morph", "zod"])
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
      for (const { kind, text } of blocks.filter(({ kind }) => kind.startsWith("json ")))
        followRecipe(project, kind, text);
      const { status, stdout, stderr } = generate(...names, "--out", "src/bindings");
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(
        /^src\/bindings: \d+ files: .*\n.* 0 changed, 0 removed\n {2}\+ attribute context vendorLevel\n/,
      );
    });

    it("ships the schema that the page's files refer to, and the metadata as an entry point", () => {
      const require = createRequire(join(project, "src/use.js"));
      const shipped = require.resolve("sspi-ffi/metadata/schema.json");
      expect(relative(folder, realpathSync(shipped))).toBe("node_modules/sspi-ffi/metadata/schema.json");
      expect((require("sspi-ffi/metadata/sspi.json") as { header: string }).header).toBe("sspi.h");
    });

    it("writes files that import only sspi-ffi/raw", () => {
      const bindings = join(project, "src/bindings");
      const texts = readdirSync(bindings, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(join(bindings, name), "utf8"));
      const imported = texts.flatMap((text) => [...text.matchAll(/ from "([^".][^"]*)"/g)].map(([, name]) => name));
      expect(texts.length).toBeGreaterThan(6);
      expect([...new Set(imported)]).toEqual(["sspi-ffi/raw"]);
    });

    it.each([
      ["5.7", "typescript-5.7", { module: "node16", moduleResolution: "node16" }],
      ["7.0", "@typescript/native", { module: "esnext", moduleResolution: "bundler" }],
    ])(
      "writes files that, with the page's programs, compile with TypeScript %s, strict and without skipLibCheck",
      (_version, compiler, settings) => {
        for (const { kind, text } of files) writeFileSync(join(project, "src", kind.split(" ")[1] as string), text);
        const strict = {
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          isolatedModules: true,
        };
        const compilerOptions = {
          ...settings,
          ...strict,
          target: "es2022",
          lib: ["es2022"],
          types: [],
          skipLibCheck: false,
          verbatimModuleSyntax: true,
          noUnusedLocals: true,
        };
        writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
        writeFileSync(join(project, "package.json"), '{ "type": "module" }');
        const tsc = join(root, "node_modules", compiler, "bin/tsc");
        expect(run(process.execPath, tsc, "-p", ".")).toEqual({ status: 0, stdout: "", stderr: "" });
      },
    );

    it.runIf(canCompile())("makes a C library callable: the page's program prints the page's output", () => {
      const made = run("gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", "src/libgreet.so", "src/greet.c");
      expect(made).toEqual({ status: 0, stdout: "", stderr: "" });
      const output = files.find(({ kind }) => kind === "ts use.ts")?.output;
      expect(run(process.execPath, "src/use.js")).toEqual({ status: 0, stdout: output, stderr: "" });
    });

    it("reports a mistake by file, line and column, and exits with 1", () => {
      const text = readFileSync(join(project, "greet.json"), "utf8").replace('"out"', '"output"');
      writeFileSync(join(project, "src/wrong.json"), text);
      const line = text.slice(0, text.indexOf('"output"')).split("\n").length;
      const { status, stdout, stderr } = generate("--metadata", "src/wrong.json", "--out", "src/bindings");
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(
        new RegExp(
          `^src/wrong\\.json:${line}:\\d+: greet_make: parameters\\.made\\.direction: expected one of "in", "out", "inout"; got "output"\n`,
        ),
      );
    });
  });
}
