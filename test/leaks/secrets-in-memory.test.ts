import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Credential, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { root } from "../architecture/source-files.ts";
import { canCompile } from "../fixtures/compiled-library.ts";
import { needs } from "../lab/needs.ts";
import { ntlmFacts, providers } from "../live/providers.ts";
import { scanned } from "./scanned-logon.ts";
import { addScannedUser, scannedUser, writeKeyFiles } from "./scanned-secrets.ts";

const script = join(import.meta.dirname, "scanned-process.ts");
const node = ["--import", "tsx", "--expose-gc", script] as const;

/** The answer of WinPR's server to the first token of NTLM. */
function challenger(provider: SecurityProvider) {
  return (token: Buffer): Buffer => {
    const settings = { ...ntlmFacts(provider).server, provider };
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", ...settings });
    using server = new ServerContext(inbound, { request: ["confidentiality"] });
    return server.stepSync(token).token as Buffer;
  };
}

const nowhere = 0;

describe.each(providers.map((provider) => [provider.label, provider] as const))(
  "the memory of a process, %s",
  (label, provider) => {
    it("E5 has a password that was given as bytes nowhere once all is closed", async () => {
      const { given, open, closed } = await scanned(process.execPath, [...node, label], challenger(provider));
      expect(given).toBeGreaterThanOrEqual(1);
      expect(open).toBeGreaterThan(given);
      expect(closed).toBe(nowhere);
    });

    it("still has a password that was given as text: nobody can zero a string", async () => {
      const { closed } = await scanned(process.execPath, [...node, label, "text"], challenger(provider));
      expect(closed).toBeGreaterThan(nowhere);
    });
  },
);

describe("the memory of a process", () => {
  it.each([
    ["package", "a password that a hosted package was given as bytes"],
    ["embedded", "a key of the embedded package"],
  ])("E2 has nowhere, once all is closed (%s): %s", async (way) => {
    const { given, closed } = await scanned(process.execPath, [...node, way]);
    expect(given).toBeGreaterThanOrEqual(1);
    expect(closed).toBe(nowhere);
  });

  describe("that opens a private key", () => {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-keys-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each([
      ["tls", "by the TLS engine"],
      ["node-tls", "by node:tls, in a PFX"],
      ["windows", "by Windows' functions"],
      ["credssp", "by a CredsspStream, for node:tls"],
    ])("E5 has its passphrase, given as bytes, nowhere once all is closed (%s: %s)", async (way) => {
      const args = [...node, way, "bytes", folder];
      const { given, closed } = await scanned(process.execPath, args, undefined, (secret) =>
        writeKeyFiles(folder, secret),
      );
      expect(given).toBeGreaterThanOrEqual(1);
      expect(closed).toBe(nowhere);
    });
  });

  describe("that logs on by the system's GSSAPI", () => {
    needs("krb5kdc");

    it("E5 has the password that got a ticket nowhere once all is closed", async () => {
      const { given, closed } = await scanned(process.execPath, [...node, "gssapi-user"], undefined, addScannedUser);
      expect(given).toBeGreaterThanOrEqual(1);
      expect(closed).toBe(nowhere);
    });

    it("E5 has a password that was given as bytes nowhere once all is closed", async () => {
      const { given, closed } = await scanned(process.execPath, [...node, "gssapi"]);
      expect(given).toBeGreaterThanOrEqual(1);
      expect(closed).toBe(nowhere);
    });
  });
});

/** The rows of docs/security/secrets.md: what a library keeps, by its soname. */
function documented(): ReadonlyMap<string, readonly [open: number, closed: number]> {
  const page = readFileSync(join(root, "docs/security/secrets.md"), "utf8");
  const rows = page.matchAll(/^\| `(lib[^`]+)` \| [^|]+ \| (\d+) \| (\d+) \|$/gm);
  return new Map([...rows].map(([, library = "", open, closed]) => [library, [Number(open), Number(closed)]]));
}

describe.runIf(canCompile())("what a library itself keeps of a password, by a program in C", () => {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-kept-"));
  const programs = { winpr: join(folder, "kept-by-library"), gssapi: join(folder, "kept-by-gssapi") };

  beforeAll(() => {
    for (const program of Object.values(programs)) {
      const source = join(import.meta.dirname, `${basename(program)}.c`);
      const { status, stderr } = spawnSync("gcc", ["-Wall", "-Wextra", "-Werror", "-o", program, source, "-ldl"], {
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(providers.map((provider) => [provider.label, provider] as const))(
    "is on %s what docs/security/secrets.md says",
    async (label, provider) => {
      const { given, open, closed } = await scanned(programs.winpr, [label.replace(/ .*/, "")], challenger(provider));
      // The program's own copy is in both numbers.
      expect([open - given, closed]).toEqual(documented().get(label.replace(/ .*/, "")));
    },
  );

  describe("by a ticket of Kerberos", () => {
    needs("krb5kdc");

    it("is on MIT's GSSAPI what docs/security/secrets.md says", async () => {
      const args = [`${scannedUser}@EXAMPLE.TEST`];
      const { given, open, closed } = await scanned(programs.gssapi, args, undefined, addScannedUser);
      expect([open - given, closed]).toEqual(documented().get("libgssapi_krb5.so.2"));
    });
  });
});
