import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "../architecture/source-files.ts";
import { commandSuite } from "./command-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-package-"));
const installed = join(folder, "node_modules/sspi-ffi");

function run(command: string, args: readonly string[], cwd = folder, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, WLOG_LEVEL: "OFF", ...env } });
}

/** The package as `npm install` would lay it out, in a project of its own. */
beforeAll(() => {
  const packed = run("npm", ["pack", "--pack-destination", folder], root);
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", String(tarball), "-C", installed, "--strip-components=1"]);
  mkdirSync(join(folder, "node_modules/@types"));
  // undici is an optional peer, which whoever imports its entry point installs.
  for (const name of ["koffi", "@koromix", "@types/node", "undici", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

commandSuite(folder);

describe("the published package", () => {
  it("holds the doors, their types and nothing of the workshop", () => {
    const names = readdirSync(installed).sort();
    expect(names).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
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

  it("runs in plain Node, both doors on one copy of the library", () => {
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

  it("authenticates in plain Node without an SSPI library, by the embedded package", () => {
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

  it.each([
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "esnext", moduleResolution: "bundler" },
  ])("has types that a strict consumer compiles against ($moduleResolution)", (settings) => {
    writeFileSync(
      join(folder, "use.ts"),
      `import { ClientContext, Credential, type Leg } from "sspi-ffi";
       import { definePackage, embeddedHost, type Session } from "sspi-ffi/packages";
       import { ISC_REQ_MUTUAL_AUTH, type SecBuffer } from "sspi-ffi/raw";
       export const session: Session = { sign: (message) => message };
       export const mine = definePackage({ name: "X", maxToken: 1, acquireCredentials: () => 1 });
       export const embedded: Disposable = embeddedHost({ keys: {} });
       using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound" });
       const context = new ClientContext(credential, { require: ["confidentiality"] });
       export const leg: Leg = context.stepSync();
       export const size: number = context.query("sizes").cbMaxToken;
       export const flag: 2 = ISC_REQ_MUTUAL_AUTH;
       export const buffer: SecBuffer = { cbBuffer: 0, BufferType: 0, pvBuffer: 0n };
       // @ts-expect-error no such field
       context.query("sizes").nothing;
       ${entryPoints()
         .map(({ specifier }, index) => `export type * as entry${index} from "${specifier}";`)
         .join("\n")}`,
    );
    const compilerOptions = {
      ...settings,
      target: "es2023",
      lib: ["es2023", "esnext.disposable"],
      strict: true,
      noEmit: true,
    };
    const options = {
      compilerOptions: { ...compilerOptions, types: ["node"], skipLibCheck: false },
      files: ["use.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const { stdout, status } = run(join(root, "node_modules/.bin/tsc"), ["-p", "."]);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
