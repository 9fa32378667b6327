import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../architecture/source-files.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-koffi-"));
const expected = `@koromix/koffi-${process.platform}-${process.arch}`;
/** The calls that load koffi: for a provider, for GSSAPI, and for memory alone. */
const calls = {
  packages: "packages()",
  gssapiProvider: "gssapiProvider()",
  embeddedHost: "embeddedHost({ keys: {} }).close()",
};

interface Failure {
  readonly name: string;
  readonly code: string;
  readonly expected: string;
  readonly message: string;
  readonly cause: string;
}

/** Bundles a program and a copy of the library into one file. */
function bundled(name: string, options: BuildOptions = {}): string {
  const project = join(folder, name);
  mkdirSync(project);
  const outfile = join(project, options.format === "cjs" ? "program.cjs" : "program.mjs");
  const attempts = Object.entries(calls)
    .map(([call, code]) => `await attempt(${JSON.stringify(call)}, () => ${code});`)
    .join("\n");
  const contents = `
    import { gssapiProvider, packages } from ${JSON.stringify(join(root, "src/index.ts"))};
    import { embeddedHost } from ${JSON.stringify(join(root, "src/packages.ts"))};
    const outcomes = {};
    async function attempt(call, work) {
      try {
        await work();
        outcomes[call] = "works";
      } catch ({ name, code, expected, message, cause }) {
        outcomes[call] = { name, code, expected, message, cause: String(cause) };
      }
    }
    (async () => { ${attempts} console.log(JSON.stringify(outcomes)); })();`;
  const stdin = { contents, resolveDir: root, loader: "ts" as const };
  const shared = { bundle: true, platform: "node", target: "node20", format: "esm", logLevel: "silent" } as const;
  buildSync({ ...shared, stdin, outfile, external: ["koffi"], ...options });
  return outfile;
}

function install(program: string, ...packages: readonly string[]): string {
  const modules = join(program, "../node_modules");
  for (const name of packages) cpSync(join(root, "node_modules", name), join(modules, name), { recursive: true });
  return modules;
}

function outcomesOf(program: string, ...flags: readonly string[]): Record<string, Failure | "works"> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program], { encoding: "utf8" });
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout);
}

function expectKoffiToBeNamed(outcomes: Record<string, Failure | "works">, cause: RegExp, advice: RegExp): void {
  expect(Object.keys(outcomes)).toEqual(Object.keys(calls));
  for (const outcome of Object.values(outcomes)) {
    expect(outcome).toMatchObject({ name: "NativeModuleError", code: "SSPI_NATIVE_MODULE", expected });
    const { message, cause: said } = outcome as Failure;
    expect(message).toMatch(/^koffi, which calls native functions, cannot be loaded/);
    expect(message).toContain(expected);
    expect(message).toMatch(advice);
    expect(message).not.toMatch(/No SSPI library|secur32|WinPR/);
    expect(said).toMatch(cause);
  }
}

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reinstall = /npm ci/;

describe("NativeModuleError names koffi, the expected native package and a remedy", () => {
  it("when koffi is not installed", () => {
    expectKoffiToBeNamed(outcomesOf(bundled("missing")), /Cannot find module 'koffi'/, reinstall);
  });

  it("when koffi's native package is for another system or was not installed", () => {
    const program = bundled("other-system");
    const modules = install(program, "koffi");
    mkdirSync(join(modules, "@koromix/koffi-win32-x64"), { recursive: true });
    writeFileSync(join(modules, "@koromix/koffi-win32-x64/index.js"), "");
    expectKoffiToBeNamed(outcomesOf(program), /native Koffi module/, reinstall);
  });

  it("when koffi's native part is damaged", () => {
    const program = bundled("damaged");
    const native = join(install(program, "koffi", "@koromix"), expected);
    const files = readdirSync(native, { recursive: true, encoding: "utf8" }).map((name) => join(native, name));
    const modules = files.filter((name) => name.endsWith(".node") && statSync(name).isFile());
    expect(modules.length).toBeGreaterThan(0);
    for (const file of modules) writeFileSync(file, "not a module");
    expectKoffiToBeNamed(outcomesOf(program), /./, reinstall);
  });

  it("when Node's permission model forbids addons", () => {
    const program = bundled("forbidden");
    install(program, "koffi", "@koromix");
    const permission = process.allowedNodeEnvironmentFlags.has("--permission")
      ? "--permission"
      : "--experimental-permission";
    const flags = [permission, "--allow-fs-read=*", "--no-warnings"];
    expectKoffiToBeNamed(outcomesOf(program, ...flags), /./, /--permission needs --allow-addons/);
    const { embeddedHost } = outcomesOf(program, ...flags, "--allow-addons");
    expect(embeddedHost).toBe("works");
  });

  it("when a bundler included koffi without its native part", () => {
    const program = bundled("inside", { external: [], format: "esm" });
    expectKoffiToBeNamed(outcomesOf(program), /./, /keep koffi external/);
  });
});

describe("a bundle with koffi in node_modules", () => {
  it.each(["esm", "cjs"] as const)("of the format %s finds koffi, with or without import.meta.url", (format) => {
    const program = bundled(`beside-${format}`, { format });
    install(program, "koffi", "@koromix");
    expect(outcomesOf(program)).toMatchObject({ embeddedHost: "works" });
  });
});
