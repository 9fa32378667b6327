import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { users } from "../../scripts/lab/accounts.ts";
import type { Identity } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { established, Ntlm, tokenOf } from "./ntlm.ts";
import { providers, samFile } from "./providers.ts";

/** MD4 of the password in UTF-16LE, made with OpenSSL. */
const known = {
  "pässwörd-☂-名前": "9723a0d145f6ac5caf92829bcf96f57e",
  userpw: "2e24f97bff26b2458887a9b16a3c2c39",
} as const;

/** A SAM file with one user. */
function samOf(user: string, domain: string, password: keyof typeof known): string {
  const file = join(samFile, "..", `SAM-${Buffer.from(user + domain + password).toString("hex")}`);
  writeFileSync(file, `${user}:${domain}::${known[password]}:::\n`);
  return file;
}

/** WinPR reads its users from a file; Wine asks winbindd for them. */
const withFiles = providers.filter(({ kind }) => kind === "winpr");
const withAccounts = providers.filter(({ kind }) => kind !== "winpr");

describe.each(withFiles.map((provider) => ({ provider, label: provider.label })))("names on $label", ({ provider }) => {
  it.each([
    ["a user", { user: "älice", domain: "", password: "userpw" }],
    ["a domain", { user: "alice", domain: "BÜRO", password: "userpw" }],
    ["all of them", { user: "älice名前", domain: "BÜRO-☂", password: "pässwörd-☂-名前" }],
  ] as const)("may have any character: %s", (_, identity) => {
    using ntlm = new Ntlm(provider, { identity, samFile: samOf(identity.user, identity.domain, identity.password) });
    const challenge = tokenOf(ntlm.server.stepSync(tokenOf(ntlm.client.stepSync()) as Buffer));
    const authenticate = tokenOf(ntlm.client.stepSync(challenge)) as Buffer;
    for (const name of [identity.user, identity.domain])
      expect(authenticate.includes(Buffer.from(name, "utf16le"))).toBe(true);
    // WinPR 2 reads the names of its SAM file as ASCII, so its server finds no such user.
    if (!provider.version?.startsWith("2.")) expect(ntlm.server.stepSync(authenticate).status).toBe("complete");
  });

  it("may have any character in passwords", () => {
    const identity = { user: "alice", domain: "", password: "pässwörd-☂-名前" } as const;
    using ntlm = established(provider, { identity, samFile: samOf(identity.user, identity.domain, identity.password) });
    expect(ntlm.server.decrypt(ntlm.client.encrypt(Buffer.from("ä"))).toString()).toBe("ä");
  });

  it("have to match in every character", () => {
    const right = { user: "alice", domain: "", password: "pässwörd-☂-名前" } as const;
    const sam = samOf(right.user, right.domain, right.password);
    const others: readonly Partial<Identity>[] = [
      { password: "passwörd-☂-名前" },
      { password: "pässwörd-☂-名" },
      { user: "älice" },
    ];
    for (const other of others) {
      using ntlm = new Ntlm(provider, { identity: { ...right, ...other }, samFile: sam });
      expect(() => ntlm.handshakeSync(), JSON.stringify(other)).toThrow("SEC_E_");
    }
  });

  it("may have any character in targets", () => {
    using ntlm = established(provider, { client: { target: "HTTP/bücher.example/名前" } });
    expect(ntlm.client.target).toBe("HTTP/bücher.example/名前");
    expect(ntlm.server.complete).toBe(true);
  });
});

describe.each(withAccounts.map((provider) => ({ provider, label: provider.label })))(
  "names on $label",
  ({ provider }) => {
    const carol = { user: "carol", domain: "", password: users.carol } as const;
    needsForNtlm(provider);

    it.each([
      ["a user", { user: "älice", domain: "", password: "userpw" }],
      ["a domain", { user: "nobody", domain: "BÜRO-☂", password: "userpw" }],
      ["all of them", { user: "älice名前", domain: "BÜRO-☂", password: users.carol }],
    ] as const)("reach the server in any character, and are no user's: %s", (_, identity) => {
      using ntlm = new Ntlm(provider, { identity });
      const challenge = tokenOf(ntlm.server.stepSync(tokenOf(ntlm.client.stepSync()) as Buffer));
      const authenticate = tokenOf(ntlm.client.stepSync(challenge)) as Buffer;
      for (const name of [identity.user, identity.domain])
        expect(authenticate.includes(Buffer.from(name, "utf16le"))).toBe(true);
      expect(() => ntlm.server.stepSync(authenticate)).toThrow("SEC_E_LOGON_DENIED");
    });

    it("may have any character in passwords", () => {
      using ntlm = established(provider, { identity: carol });
      expect([ntlm.client.complete, ntlm.server.complete]).toEqual([true, true]);
    });

    it("have to match in every character", () => {
      for (const other of [{ password: "passwörd-☂-名前" }, { password: "pässwörd-☂-名" }, { user: "cärol" }]) {
        using ntlm = new Ntlm(provider, { identity: { ...carol, ...other } });
        expect(() => ntlm.handshakeSync(), JSON.stringify(other)).toThrow("SEC_E_");
      }
    });

    it("may have any character in targets", () => {
      using ntlm = established(provider, { client: { target: "HTTP/bücher.example/名前" } });
      expect(ntlm.client.target).toBe("HTTP/bücher.example/名前");
      expect(ntlm.server.complete).toBe(true);
    });
  },
);
