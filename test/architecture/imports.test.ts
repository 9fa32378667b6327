import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsOf, targetOf } from "./file-imports.ts";
import { root, sourceFiles } from "./source-files.ts";

/** The other side of a function table: it reads the arguments of a native caller. */
const packageSide = [
  "src/ctypes",
  "src/values",
  "src/native",
  "src/memory",
  "src/status",
  "src/interface",
  "generated",
];

/**
 * The folders that each folder may import from; a folder may always import from itself. `npm:` marks packages, and
 * every folder may import `node:`.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "codegen/schema.ts": ["npm:zod"],
  "codegen/model": ["codegen", "codegen/schema.ts", "src/ctypes"],
  "codegen/emit": ["codegen/model", "codegen", "src/ctypes", "npm:ts-morph"],
  "codegen/verify": ["codegen/model", "src/ctypes", "npm:zod"],
  codegen: ["codegen/model", "codegen/emit", "codegen/verify", "codegen/schema.ts", "npm:zod", "npm:ts-morph"],
  "generated/**/raw*.ts": ["generated", "src/native"],
  generated: ["src/ctypes"],
  "src/ctypes": [],
  "src/values": ["src/ctypes", "generated"],
  "src/native": ["src/ctypes", "src/values", "generated", "npm:koffi"],
  "src/memory": ["src/ctypes", "src/values", "src/native", "generated"],
  "src/status": ["src/values", "generated"],
  "src/tracing": ["src/values", "src/status"],
  "src/interface": ["src/ctypes", "src/values", "src/native", "src/memory", "generated"],
  "src/credentials": [
    "src/ctypes",
    "src/values",
    "src/native",
    "src/memory",
    "src/status",
    "src/tracing",
    "src/gssapi",
    "generated",
  ],
  "src/messages": ["src/values", "src/native", "src/memory", "src/status", "src/tracing", "generated"],
  // A context protects messages when its legs are complete.
  "src/contexts/legs": [
    "src/ctypes",
    "src/values",
    "src/native",
    "src/memory",
    "src/status",
    "src/credentials",
    "src/contexts",
    "generated",
  ],
  "src/contexts": [
    "src/contexts/legs",
    "src/ctypes",
    "src/values",
    "src/native",
    "src/memory",
    "src/status",
    "src/tracing",
    "src/credentials",
    "src/messages",
    "generated",
  ],
  "src/capabilities": [
    "src/values",
    "src/native",
    "src/memory",
    "src/status",
    "src/credentials",
    "src/contexts",
    "generated",
  ],
  "src/streams": [
    "src/values",
    "src/memory",
    "src/status",
    "src/credentials",
    "src/messages",
    "src/contexts",
    "generated",
  ],
  "src/packages/author": packageSide,
  "src/packages/host": packageSide,
  // It answers as Schannel does, from the results of the TLS engine.
  "src/packages/schannel": [
    "src/ctypes",
    "src/values",
    "src/tls",
    "src/packages/author",
    "src/packages/host",
    "generated",
  ],
  "src/packages/embedded": ["src/values", "src/memory", "src/packages/author", "src/packages/host"],
  "src/gssapi": packageSide,
  "src/tls": ["src/ctypes", "src/values", "src/native", "src/memory", "src/status", "generated"],
  "src/credssp": [
    ...packageSide,
    "src/credentials",
    "src/messages",
    "src/contexts",
    "src/streams",
    "src/packages/author",
    "src/packages/host",
    // Its connections are those of Schannel's stand-in, after CredSSP's exchange.
    "src/packages/schannel",
    "src/gssapi",
    "src/tls",
  ],
  "src/credssp.ts": ["src/credssp", "src/tls"],
  "src/http": [
    "src/values",
    "src/native",
    "src/memory",
    "src/status",
    "src/tracing",
    "src/credentials",
    "src/contexts",
  ],
  "src/http/undici": ["src/values", "src/credentials", "src/contexts", "src/http", "npm:undici"],
  // It reads the same bytes as the guards, with their readers.
  "src/explain": [
    "src/ctypes",
    "src/values",
    "src/status",
    "src/contexts",
    "src/gssapi",
    "src/packages/schannel",
    "src/credssp",
    "src/http",
    "generated",
  ],
  "src/explain.ts": ["src/explain"],
  // A program: it uses the entry points, checks how their libraries are found, and generates code.
  "src/command": [
    "codegen",
    "src/values",
    "src/native",
    "src/capabilities",
    "src/index.ts",
    "src/raw.ts",
    "src/explain.ts",
  ],
  "src/http.ts": ["src/http"],
  "src/http-undici.ts": ["src/http", "src/http/undici"],
  "src/packages.ts": [
    "src/packages/author",
    "src/packages/embedded",
    "src/packages/host",
    "src/packages/schannel",
    "src/tls",
  ],
  "src/index.ts": [
    "src/capabilities",
    "src/contexts",
    "src/credentials",
    "src/gssapi",
    "src/memory",
    "src/messages",
    "src/native",
    "src/status",
    "src/streams",
    "src/tracing",
    "generated",
  ],
  "src/raw.ts": ["src/ctypes", "src/native", "src/interface", "generated", "generated/**/raw*.ts"],
};

/** The raw door's half of the generated files, one per header and group: the only one that calls native code. */
const rawFile = /^generated\/(\w+\/)?raw(-[a-z-]+)?\.ts$/;

/** The most specific rule that a path falls under. */
function ruleOf(path: string): string {
  if (rawFile.test(path)) return "generated/**/raw*.ts";
  const rules = Object.keys(allowed).filter((rule) => path === rule || path.startsWith(`${rule}/`));
  const best = rules.sort((a, b) => b.length - a.length)[0];
  if (!best) throw new Error(`${path} falls under no rule: say in this test what it may import`);
  return best;
}

const files = sourceFiles("src", "generated", "codegen");

/** Each import of a file that its folder's rule does not allow, as `file → target`. */
function wrongImportsOf(file: string): string[] {
  const rule = ruleOf(file);
  return importsOf(file)
    .map((specifier) => targetOf(file, specifier))
    .filter((target) => !target.startsWith("node:"))
    .filter((target) => {
      if (target.startsWith("npm:")) return !allowed[rule]?.includes(target);
      return ruleOf(target) !== rule && !allowed[rule]?.includes(ruleOf(target));
    })
    .map((target) => `${file} → ${target}`);
}

describe("imports", () => {
  it("reach only what the folder of the importing file may import", () => {
    expect(files.flatMap(wrongImportsOf)).toEqual([]);
  });

  it("of generated files take only `callable` from src/native", () => {
    const native = files
      .filter((file) => file.startsWith("generated/"))
      .flatMap((file) => importsOf(file).map((specifier) => targetOf(file, specifier)))
      .filter((target) => target.startsWith("src/native/"));
    expect(new Set(native)).toEqual(new Set(["src/native/callable.ts"]));
  });

  it("of koffi are in src/native only, and one file loads it", () => {
    const importers = files.filter((file) => importsOf(file).includes("koffi"));
    expect(importers.filter((file) => !file.startsWith("src/native/"))).toEqual([]);
    const loading = files.filter((file) => /\("koffi"\)/.test(readFileSync(join(root, file), "utf8")));
    expect(loading).toEqual(["src/native/koffi.ts"]);
  });

  it("are found by the check that judges them", () => {
    expect(importsOf("src/native/koffi.ts")).toContain("koffi");
    expect(importsOf("src/contexts/legs/exchange.ts").length).toBeGreaterThan(5);
    expect(relative(root, fileURLToPath(import.meta.url))).toBe("test/architecture/imports.test.ts");
  });
});
