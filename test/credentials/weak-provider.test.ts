import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { SEC_WINNT_AUTH_IDENTITY_WINPR, SEC_WINPR_KERBEROS_SETTINGS } from "../../generated/winpr/structs.ts";
import { ClientContext, Credential, type CredentialOptions, type SecurityProvider } from "../../src/index.ts";
import { readAnsiString, readStruct } from "../../src/native/index.ts";
import { scripted } from "../scripted/scripted.ts";

const identity = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" };

function acquire(provider: SecurityProvider, more: Partial<CredentialOptions>): Credential {
  return Credential.acquireSync({ package: "Kerberos", use: "outbound", provider, ...more });
}

/** A Kerberos that is told where to keep its tickets; `keep` is what it does with that place. */
function kerberos(keep: (file: string) => void) {
  const files: string[] = [];
  const sspi = scripted({
    packageName: "Kerberos",
    traits: { namesTicketCache: true },
    authData: (address) => {
      if (address === 0n) return;
      const { kerberosSettings } = readStruct(SEC_WINNT_AUTH_IDENTITY_WINPR, address);
      const cache = readAnsiString(readStruct(SEC_WINPR_KERBEROS_SETTINGS, kerberosSettings).cache);
      expect(cache).toMatch(/^FILE:/);
      const file = cache.slice("FILE:".length);
      files.push(file);
      keep(file);
    },
  });
  return { provider: sspi.provider, files };
}

describe("a provider whose identities name their ticket cache", () => {
  it("B4 A5 gets a folder that only this user may look into, gone when credential and contexts are closed", () => {
    const { provider, files } = kerberos((file) => writeFileSync(file, "tickets"));
    const credential = acquire(provider, { identity });
    const [file = ""] = files;
    const mode = statSync(dirname(file)).mode & 0o777;
    expect([existsSync(file), process.platform === "win32" ? 0o700 : mode]).toEqual([true, 0o700]);
    const client = new ClientContext(credential);
    credential.close();
    expect(existsSync(file)).toBe(true);
    client.close();
    expect(existsSync(dirname(file))).toBe(false);
  });

  it("B4 is refused as SEC_E_NO_CREDENTIALS where it has not used that cache, and leaves nothing behind", () => {
    const { provider, files } = kerberos(() => {});
    expect(() => acquire(provider, { identity })).toThrow(
      expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "AcquireCredentialsHandleW" }),
    );
    expect(files.map((file) => existsSync(dirname(file)))).toEqual([false]);
  });

  it("B4 gets no such folder for the user that the process runs as", () => {
    const { provider, files } = kerberos(() => {});
    acquire(provider, {}).close();
    expect(files).toEqual([]);
  });
});

describe("a provider that reads long passwords as hashes", () => {
  it("B8 gets no password of more than 512 characters", () => {
    const { provider } = scripted({ packageName: "Kerberos", traits: { takesLongPasswords: false } });
    const long = { ...identity, password: "p".repeat(513) };
    expect(() => acquire(provider, { identity: long })).toThrow(
      "identity.password: scripted takes at most 512 characters for a password, got 513",
    );
    acquire(provider, { identity: { ...identity, password: "p".repeat(512) } }).close();
  });
});

describe("a provider whose servers take clients for every key", () => {
  it.each(["inbound", "both"] as const)("B8 gets no principal for the use %s", (use) => {
    const { provider } = scripted({ packageName: "Kerberos", traits: { enforcesPrincipal: false } });
    expect(() => acquire(provider, { use, principal: "HTTP/one" })).toThrow(/^principal: a server on scripted takes/);
    acquire(provider, { use: "outbound", principal: "alice" }).close();
  });
});

describe("a provider that allocates no tokens", () => {
  it("A6 is not asked to allocate, and gets a buffer", () => {
    const flags: number[] = [];
    const sspi = scripted({
      traits: { allocatesTokens: false },
      legs: [
        (call) => {
          flags.push(call.flags);
          return { status: 0, token: Buffer.from("token") };
        },
      ],
    });
    using credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider: sspi.provider });
    using client = new ClientContext(credential, { request: ["allocateMemory", "integrity"] });
    expect(client.stepSync().token).toEqual(Buffer.from("token"));
    expect(flags).toEqual([0x0001_0000]);
  });
});

describe("a provider whose process ends at a proxy's settings", () => {
  it.each([
    ["by name", "kdcProxySettings", { proxyServer: "https://proxy" }],
    ["by number", 3, Buffer.alloc(20)],
  ])("A6 is not called with them, %s", (_, attribute, value) => {
    const sspi = scripted({ traits: { setsKdcProxy: false }, setCredentialAttribute: () => 0 });
    using credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider: sspi.provider });
    expect(() => credential.set(attribute as never, value as never)).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "SetCredentialsAttributesW" }),
    );
    expect(sspi.count("SetCredentialsAttributesW")).toBe(0);
  });
});
