import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "../readme/code-blocks.ts";
import { commandSuite } from "./command-suite.ts";
import { generateSuite } from "./generate-suite.ts";
import { loadSuite } from "./load-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-package-"));
const installed = join(folder, "node_modules/sspi-ffi");

function run(command: string, args: readonly string[], cwd = folder, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, WLOG_LEVEL: "OFF", ...env } });
}

/** Installs the package into a temporary project, as `npm install` does. */
beforeAll(() => {
  const packed = run("npm", ["pack", "--pack-destination", folder], root);
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", String(tarball), "-C", installed, "--strip-components=1"]);
  mkdirSync(join(folder, "node_modules/@types"));
  // undici is an optional peer dependency: who imports the entry point that needs it installs it.
  for (const name of ["koffi", "@koromix", "@types/node", "undici", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

commandSuite(folder);
generateSuite(folder);
loadSuite(folder);

describe("the published package", () => {
  it("contains the entry points, their types and documentation, and no tests, scripts or source", () => {
    const names = readdirSync(installed).sort();
    const pages = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "docs", "examples"];
    expect(names).toEqual([...pages, "dist", "metadata", "package.json"].sort());
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual(["koffi"]);
  });

  it("loads in plain Node by each of its entry points", () => {
    const loads = entryPoints().map(
      ({ specifier }) => `console.log(Object.keys(await import("${specifier}")).length > 0);`,
    );
    writeFileSync(join(folder, "load.js"), loads.join("\n"));
    const { stdout, stderr } = run(process.execPath, ["load.js"]);
    expect({ stdout, stderr }).toEqual({ stdout: "true\n".repeat(loads.length), stderr: "" });
  });

  it("runs in plain Node, and both entry points use one copy of the library", () => {
    writeFileSync(
      join(folder, "use.js"),
      `import { packages, SspiError } from "sspi-ffi";
       import { QuerySecurityPackageInfoW, FreeContextBuffer, readStruct, SecPkgInfoW } from "sspi-ffi/raw";
       const info = [];
       QuerySecurityPackageInfoW("NTLM", info);
       const raw = readStruct(SecPkgInfoW, info[0]).cbMaxToken;
       FreeContextBuffer(info[0]);
       console.log(raw === packages().find(({ name }) => name === "NTLM").maxToken, typeof SspiError);`,
    );
    const { stdout, stderr } = run(process.execPath, ["use.js"]);
    expect({ stdout, stderr }).toEqual({ stdout: "true function\n", stderr: "" });
  });

  it("authenticates in plain Node without an SSPI library, with the embedded package", () => {
    writeFileSync(
      join(folder, "embedded.js"),
      `import { ClientContext, Credential, LibraryNotFoundError, packages, ServerContext } from "sspi-ffi";
       import { embeddedHost, embeddedPackage } from "sspi-ffi/packages";
       try { packages(); } catch (error) { console.log(error instanceof LibraryNotFoundError); }
       const host = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
       const of = { package: embeddedPackage, provider: host.provider };
       const client = new ClientContext(Credential.acquireSync({ ...of, use: "outbound", principal: "alice" }));
       const server = new ServerContext(Credential.acquireSync({ ...of, use: "inbound" }));
       server.stepSync(client.stepSync(server.stepSync(client.stepSync().token).token).token);
       console.log(server.decrypt(client.encrypt(Buffer.from("hello"))).toString());
       host.close();`,
    );
    const { stdout, stderr } = run(process.execPath, ["embedded.js"], folder, { SSPI_LIBRARY: "/nonexistent" });
    expect({ stdout, stderr }).toEqual({ stdout: "true\nhello\n", stderr: "" });
  });

  it("has no dead link in its Markdown pages", () => {
    const pages = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
    expect(pages.length).toBeGreaterThan(40);
    const dead = pages.flatMap((page) =>
      [
        ...readFileSync(join(installed, page), "utf8")
          .replace(/^```.*?^```$/gms, "")
          .matchAll(/\]\(([^)\s#]+)/g),
      ]
        .map(([, link = ""]) => link)
        .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(installed, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it.each(codeBlocks("README.md").filter(({ kind }) => /^js( run)?$/.test(kind)))(
    "contains the README program of line $line, which plain Node parses and whose imports resolve",
    ({ text }) => {
      // The program is only parsed: tests with a realm run the programs that serve or fetch.
      const imports = text.match(/^import .*;$/gm) ?? [];
      writeFileSync(join(folder, "imports.js"), imports.join("\n"));
      writeFileSync(join(folder, "block.js"), text);
      const [checked, imported] = [
        run(process.execPath, ["--check", "block.js"]),
        run(process.execPath, ["imports.js"]),
      ];
      expect([checked.stderr, imported.stderr]).toEqual(["", ""]);
    },
  );

  it.each(codeBlocks("README.md").filter(({ kind }) => kind === "js run"))(
    "runs the README program of line $line in plain Node, and it prints the README's output",
    ({ text, output }) => {
      writeFileSync(join(folder, "block.js"), text);
      const { stdout, stderr } = run(process.execPath, ["block.js"], folder, { SSPI_LIBRARY: "/nonexistent" });
      expect({ stdout, stderr }).toEqual({ stdout: output, stderr: "" });
    },
  );
});

/** A program that users write, and the types of every entry point. */
const consumer = [
  readFileSync(join(root, "test/consumers/typescript/consumer.ts"), "utf8"),
  ...entryPoints().map(({ specifier }, index) => `export type * as entry${index} from "${specifier}";`),
].join("\n");

const node16 = { module: "node16", moduleResolution: "node16" };
const bundler = { module: "esnext", moduleResolution: "bundler" };

/** The oldest and the newest; `npm run consumers` tries those between. */
describe("the types of the published package", () => {
  it.each([
    { compiler: "typescript-5.7", version: "5.7", settings: node16 },
    { compiler: "@typescript/native", version: "7.0", settings: bundler },
    { compiler: "@typescript/native", version: "7.0", settings: node16 },
  ])(
    "compile in a strict program with TypeScript $version, $settings.moduleResolution, without skipLibCheck or @types",
    ({ compiler, version, settings }) => {
      const tsc = join(root, "node_modules", compiler, "bin/tsc");
      expect(run(process.execPath, [tsc, "--version"]).stdout).toContain(`Version ${version}.`);
      writeFileSync(join(folder, "use.ts"), consumer);
      const compilerOptions = {
        ...settings,
        target: "es2022",
        lib: ["es2022"],
        strict: true,
        noEmit: true,
        types: [],
        skipLibCheck: false,
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
      const { stdout, status } = run(process.execPath, [tsc, "-p", "."]);
      expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
    },
  );

  it("resolve in every module resolution that supports entry points (attw)", () => {
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    const { stdout, stderr } = run(process.execPath, [
      attw,
      String(tarball),
      "--profile",
      "esm-only",
      "--format",
      "json",
    ]);
    expect(stderr).toBe("");
    const { analysis } = JSON.parse(stdout);
    const problems = Object.values<{ kind: string; resolutionKind?: string }[]>(analysis.problems).flat();
    expect(problems.filter(({ resolutionKind }) => !["node10", "node16-cjs"].includes(resolutionKind ?? ""))).toEqual(
      [],
    );
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(exports));
  });

  it("pass publint together with the manifest", async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false });
    expect(messages).toEqual([]);
  });
});
