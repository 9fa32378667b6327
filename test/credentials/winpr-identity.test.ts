import { describe, expect, it } from "vitest";
import {
  SEC_WINNT_AUTH_IDENTITY_ONLY,
  SEC_WINNT_AUTH_IDENTITY_UNICODE,
  SEC_WINNT_AUTH_IDENTITY_VERSION,
} from "../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW } from "../../generated/sspi/structs.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXTENDED } from "../../generated/winpr/constants.ts";
import {
  SEC_WINNT_AUTH_IDENTITY_WINPR,
  SEC_WINPR_KERBEROS_SETTINGS,
  SEC_WINPR_NTLM_SETTINGS,
} from "../../generated/winpr/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { Credential, type CredentialOptions } from "../../src/index.ts";
import { type ProviderTraits, readAnsiString, readStruct } from "../../src/native/index.ts";
import { soilWorkspace } from "../memory/soiled-workspace.ts";
import { scripted } from "../scripted/scripted.ts";
import { extendedIdentityAt } from "../scripted/scripted-identity.ts";

const unicode = SEC_WINNT_AUTH_IDENTITY_UNICODE;
const winprFlag = SEC_WINNT_AUTH_IDENTITY_EXTENDED;
const nobody = { User: 0n, UserLength: 0, Domain: 0n, DomainLength: 0, Password: 0n, PasswordLength: 0 };

/** What the package reads at `pAuthData`, in memory that other calls have used. */
function read<T>(
  options: Partial<CredentialOptions>,
  at: (address: bigint) => T,
  traits: Partial<ProviderTraits> = {},
): T {
  const { package: packageName = "Scripted" } = options;
  const sspi = scripted({ packageName, traits, authData: at });
  soilWorkspace();
  const all = { package: packageName, use: "outbound", provider: sspi.provider, ...options } as const;
  Credential.acquireSync(all).close();
  return sspi.acquisitions[0]?.authData as T;
}

/** WinPR's struct, its settings followed; absent settings are undefined. */
function winprAt(address: bigint) {
  const { identity, ntlmSettings, kerberosSettings } = readStruct(SEC_WINNT_AUTH_IDENTITY_WINPR, address);
  const ntlm = ntlmSettings === 0n ? undefined : readStruct(SEC_WINPR_NTLM_SETTINGS, ntlmSettings);
  const kerberos = kerberosSettings === 0n ? undefined : readStruct(SEC_WINPR_KERBEROS_SETTINGS, kerberosSettings);
  return {
    identity,
    ntlm: ntlm && { ...ntlm, samFile: readAnsiString(ntlm.samFile) },
    kerberos: kerberos && { ...kerberos, cache: readAnsiString(kerberos.cache).replace(/(?<=^FILE:).+$/, "…") },
    texts: extendedIdentityAt(address),
  };
}

const samFile = "/etc/winpr/SÄM";
const noHash = { hashCallback: 0n, hashCallbackArg: 0n };
const size = SEC_WINNT_AUTH_IDENTITY_WINPR.layouts[hostAbi].size;

describe("WinPR's identity", () => {
  it("names nobody where a server gives a file of users alone, and that file is all that it sets", () => {
    const { identity, ntlm, kerberos } = read({ use: "inbound", winpr: { samFile } }, winprAt, { samFile: "identity" });
    expect(identity).toEqual({
      Version: SEC_WINNT_AUTH_IDENTITY_VERSION,
      Length: size,
      ...nobody,
      Flags: (unicode | winprFlag) >>> 0,
      PackageList: 0n,
      PackageListLength: 0,
    });
    expect([ntlm, kerberos]).toEqual([{ samFile, ...noHash }, undefined]);
  });

  it("names the user beside the file of users", () => {
    const identity = { user: "älice", domain: "EXAMPLE", password: "geheim" };
    const options = { use: "inbound", winpr: { samFile }, identity } as const;
    const found = read(options, winprAt, { samFile: "identity" });
    expect(found.texts).toMatchObject({ ...identity, length: size, packageList: "" });
    expect([found.ntlm, found.kerberos]).toEqual([{ samFile, ...noHash }, undefined]);
  });

  it("is no part of a credential whose file of users is set in the context", () => {
    expect(read({ use: "inbound", winpr: { samFile } }, Number, { samFile: "attribute" })).toBe(0);
  });
});

/** Whether a struct is WinPR's own: other ones have another version or length, and no settings to follow. */
function isWinpr(address: bigint): boolean {
  const { Version, Length } = readStruct(SEC_WINNT_AUTH_IDENTITY_EXW, address);
  return Version === SEC_WINNT_AUTH_IDENTITY_VERSION && Length === size;
}

/** Whether the identity that Kerberos reads names a cache for its tickets. */
function namesCache(options: Partial<CredentialOptions>, namesTicketCache = true): boolean {
  let named = false;
  const look = (address: bigint): void => {
    if (address !== 0n && isWinpr(address)) named = winprAt(address).kerberos?.cache === "FILE:…";
  };
  try {
    read({ package: "Kerberos", ...options }, look, { namesTicketCache });
  } catch (error) {
    // A package that writes no tickets there has not checked the password.
    expect([named, error]).toEqual([true, expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS" })]);
  }
  return named;
}

describe("a cache for the tickets of a password", () => {
  const alice = { user: "alice", domain: "EXAMPLE", password: "geheim" };

  it("is all that is set for Kerberos, beside the whole identity with its list of packages", () => {
    const seen: unknown[] = [];
    const packageList = ["kerberos", "!ntlm"];
    const look = (address: bigint) => seen.push(isWinpr(address) && winprAt(address));
    const options = { package: "Kerberos", identity: { ...alice, packageList, flags: ["only"] } } as const;
    expect(() => read(options, look, { namesTicketCache: true })).toThrow("SEC_E_NO_CREDENTIALS");
    const flags = (SEC_WINNT_AUTH_IDENTITY_ONLY | unicode | winprFlag) >>> 0;
    const settings = { kdcUrl: 0n, keytab: 0n, cache: "FILE:…", armorCache: 0n, withPac: false, lifeTime: 0 };
    expect(seen).toMatchObject([
      { texts: { ...alice, flags, packageList: "kerberos,!ntlm" }, ntlm: undefined, kerberos: settings },
    ]);
  });

  it("is named to packages that use tickets, by providers that take one", () => {
    expect(["Kerberos", "negotiate", "NTLM"].map((name) => namesCache({ package: name, identity: alice }))).toEqual([
      true,
      true,
      false,
    ]);
    expect(namesCache({ identity: alice }, false)).toBe(false);
  });

  it("is not named without a password, which is what tickets would replace", () => {
    const packed = { user: "alice", packedCredentials: { type: "password", password: "geheim" } } as const;
    for (const identity of [packed, { packageList: "kerberos" }]) expect(namesCache({ identity })).toBe(false);
    expect(namesCache({})).toBe(false);
  });

  it.each([
    ["!kerberos", false],
    ["!Kerberos", false],
    ["ntlm,!kerberos", false],
    ["!kerberos,ntlm", false],
    [["!ntlm", "!kerberos", "!pku2u"], false],
    ["kerberos", true],
    ["!ntlm", true],
    ["!pku2u,kerberos,ntlm", true],
  ])("is named unless the list of packages excludes Kerberos: with %j %s", (packageList, named) => {
    expect(namesCache({ identity: { ...alice, packageList } })).toBe(named);
  });
});
