import fs, { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { Identity, SecurityProvider } from "../../src/index.ts";
import { noteProvider } from "../report/tested-on.ts";
import { thrownBy } from "../thrown-by.ts";
import { established, Ntlm } from "./ntlm.ts";
import { providers } from "./providers.ts";

/** MD4 of the password in UTF-16LE, made with OpenSSL. */
const hashes = { userpw: "2e24f97bff26b2458887a9b16a3c2c39", "pässwörd-☂-名前": "9723a0d145f6ac5caf92829bcf96f57e" };
type Password = keyof typeof hashes;
const [first, second]: readonly Password[] = ["userpw", "pässwörd-☂-名前"];

const line = (name: string, password: Password = "userpw"): string => {
  const [domain = "", user = ""] = name.split("\\");
  return `${user}:${domain}::${hashes[password]}:::`;
};

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-sam-"));
const samFile = join(folder, "sam");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(lines: readonly string[]): void {
  writeFileSync(samFile, `${lines.join("\n")}\n`, { mode: 0o600 });
}

function identity(claim: string, password: string = "userpw"): Identity {
  const [domain = "", user = ""] = claim.split("\\");
  return { user, domain, password };
}

/** The name of a client that claims to be `domain\user`. */
function loggedOn(provider: SecurityProvider, claim: string, password?: Password): object {
  using ntlm = established(provider, { identity: identity(claim, password), samFile });
  const { name, account, domain } = ntlm.server.peer();
  return { name, account, domain };
}

const winprs = providers.filter(({ kind }) => kind === "winpr");

describe.each(winprs.map((provider) => ({ provider, label: provider.label })))(
  "peer() of an NTLM server with a file of users on $label",
  ({ provider }) => {
    beforeEach(() => noteProvider(provider));

    it.each(["EVIL\\alice", "\\alice", "BÜRO\\alice", "NT AUTHORITY\\alice"])(
      "B45 tells the account alone where its line has no domain and the client claims %s",
      (claim) => {
        write([line("\\alice")]);
        expect(loggedOn(provider, claim)).toEqual({ name: "alice", account: "alice", domain: undefined });
      },
    );

    it("B45 tells the domain of the line whose password the client has, of two lines of one user", () => {
      write([line("A\\alice", first), line("B\\alice", second)]);
      expect(loggedOn(provider, "A\\alice", first)).toMatchObject({ name: "A\\alice", domain: "A" });
      expect(loggedOn(provider, "B\\alice", second)).toMatchObject({ name: "B\\alice", domain: "B" });
      for (const [claim, password] of [
        ["A\\alice", second],
        ["B\\alice", first],
        ["C\\alice", first],
      ] as const)
        expect(() => loggedOn(provider, claim, password), claim).toThrow(/SEC_E_/);
    });

    it.each([
      ["before", (bare: string, named: string) => [bare, named]],
      ["after", (bare: string, named: string) => [named, bare]],
    ])("B45 tells no domain for the password of a line without one, %s the line with the domain", (_, order) => {
      write(order(line("\\alice", first), line("CORP\\alice", second)));
      expect(loggedOn(provider, "CORP\\alice", second)).toMatchObject({ name: "CORP\\alice" });
      expect(loggedOn(provider, "EVIL\\alice", first)).toMatchObject({ name: "alice" });
      expect(() => loggedOn(provider, "CORP\\alice", first)).toThrow(/SEC_E_MESSAGE_ALTERED/);
    });

    it("B45 tells no domain of a line behind one that WinPR cannot read, which it does not see either", () => {
      write([line("\\alice", first), "alice", line("CORP\\alice", second)]);
      expect(loggedOn(provider, "CORP\\alice", first)).toMatchObject({ name: "alice" });
    });

    it("B45 tells what the file said when the client logged on, and reads it again for the next", () => {
      write([line("\\alice")]);
      using ntlm = established(provider, { identity: identity("CORP\\alice"), samFile });
      write([line("CORP\\alice")]);
      expect(ntlm.server.peer().name).toBe("alice");
      expect(loggedOn(provider, "CORP\\alice")).toMatchObject({ name: "CORP\\alice" });
    });

    it("B45 refuses the logon where the file changes while the library reads it: nobody knows by which line it was", () => {
      write([line("\\alice", first)]);
      // WinPR 3 reads the file in the last leg, WinPR 2 when the leg's token is completed.
      let changed = 0;
      const changing = { ...provider, callAsync: provider.callAsync, has: provider.has };
      for (const name of ["AcceptSecurityContext", "CompleteAuthToken"] as const)
        changing[name] = (...args: never[]) => {
          const status = (provider[name] as (...given: never[]) => number)(...args);
          if (status === SEC_E_OK) write([line("\\alice", first), line("CORP\\alice", second)]);
          if (status === SEC_E_OK) changed += 1;
          return status;
        };
      using ntlm = new Ntlm(changing, { identity: identity("CORP\\alice", first), samFile });
      expect(thrownBy(() => ntlm.handshakeSync())).toMatchObject({
        code: "SEC_E_LOGON_DENIED",
        cause: { message: "the file of users changed while the client logged on by it" },
      });
      expect(changed).toBe(1);
      expect(() => ntlm.server.peer()).toThrow();
    });

    it("B46 refuses the logon where the library reads the file of users and this process may not", () => {
      write([line("\\alice")]);
      const { statSync } = fs;
      const refusal = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
      const refusing = (path: fs.PathLike, options: never): unknown => {
        if (path === samFile) throw refusal;
        return statSync(path, options);
      };
      Object.assign(fs, { statSync: refusing });
      syncBuiltinESMExports();
      try {
        using ntlm = new Ntlm(provider, { identity: identity("\\alice"), samFile });
        expect(thrownBy(() => ntlm.handshakeSync())).toMatchObject({
          code: "SEC_E_LOGON_DENIED",
          cause: { message: "the file of users cannot be read", cause: refusal },
        });
      } finally {
        Object.assign(fs, { statSync });
        syncBuiltinESMExports();
      }
      expect(loggedOn(provider, "\\alice")).toMatchObject({ name: "alice" });
    });

    it.each(["", "0".repeat(32), "X".repeat(32)])(
      "B46 lets nobody in by a line whose NT hash is %j, though WinPR does",
      (digits) => {
        write([line("\\bob"), `alice:::${digits}:::`]);
        const zeros = `${"0".repeat(32)}${"x".repeat(512)}`;
        const unguarded = { ...provider, traits: { ...provider.traits, takesLongPasswords: true } };
        using ntlm = new Ntlm(unguarded, { identity: identity("\\alice", zeros), samFile });
        expect(thrownBy(() => ntlm.handshakeSync())).toMatchObject({
          code: "SEC_E_LOGON_DENIED",
          operation: "AcceptSecurityContext",
          cause: { message: "the file of users has a line without an NT hash, by which everybody could log on" },
        });
        expect(() => ntlm.server.peer()).toThrow();
        expect(loggedOn(provider, "\\bob")).toMatchObject({ name: "bob" });
      },
    );
  },
);
