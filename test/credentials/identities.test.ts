import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as raw from "../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_PACKED_CREDENTIALS } from "../../generated/sspi/structs.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXTENDED } from "../../generated/winpr/constants.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { type AnyIdentity, Credential, type PackedIdentity } from "../../src/index.ts";
import { copyOut, type ProviderTraits } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { extendedIdentityAt, packedIdentityAt, packedPassword } from "../scripted/scripted-identity.ts";

const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => !value.includes("\0"));
const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  fc.constantFrom("!ntlm", "!Kerberos", "!pku2u", "!negoextender", "!Schannel", "!scripted"),
);

function given(identity: AnyIdentity, authData?: (address: bigint) => unknown): ScriptedSspi {
  const sspi = scripted(authData ? { authData } : {});
  Credential.acquireSync({ package: "Scripted", use: "outbound", identity, provider: sspi.provider }).close();
  return sspi;
}

const packed = (identity: PackedIdentity): ReturnType<typeof packedIdentityAt> =>
  given(identity, packedIdentityAt).acquisitions[0]?.authData as ReturnType<typeof packedIdentityAt>;

describe("an identity with a list of packages", () => {
  it("reaches the package as a SEC_WINNT_AUTH_IDENTITY_EXW, in full", () => {
    const list = fc.array(name, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, text, text, list, fc.boolean(), (user, domain, password, packageList, joined) => {
        const identity = { user, domain, password, packageList: joined ? packageList.join(",") : packageList };
        expect(given(identity, extendedIdentityAt).acquisitions[0]?.authData).toEqual({
          version: raw.SEC_WINNT_AUTH_IDENTITY_VERSION,
          length: pointerSize(hostAbi) === 8 ? 72 : 44,
          user,
          domain,
          password,
          flags: raw.SEC_WINNT_AUTH_IDENTITY_UNICODE,
          packageList: packageList.join(","),
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("an identity's flags", () => {
  it("reach the package together with the Unicode flag, in every struct", () => {
    const flags = ["only", "flagsIdProvider"] as const;
    const bits =
      raw.SEC_WINNT_AUTH_IDENTITY_ONLY |
      raw.SEC_WINNT_AUTH_IDENTITY_FLAGS_ID_PROVIDER |
      raw.SEC_WINNT_AUTH_IDENTITY_UNICODE;
    const alice = { user: "alice", password: "geheim", flags };
    const secret = { user: "alice", packedCredentials: { type: "password", password: "geheim" }, flags } as const;
    expect(given(alice).acquisitions[0]?.identity?.flags).toBe(bits);
    const extended = given({ ...alice, packageList: "kerberos" }, extendedIdentityAt).acquisitions[0]?.authData;
    expect(extended).toMatchObject({ flags: bits });
    expect(packed(secret)).toMatchObject({ flags: bits });
  });
});

describe("an identity with a packed secret", () => {
  it("reaches the package as a SEC_WINNT_AUTH_IDENTITY_EX2 in one run of bytes, its holes empty", () => {
    const data = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(text, text, data, fc.array(name, { maxLength: 3 }), (user, domain, bytes, list) => {
        const identity = { user, domain, ...(list.length > 0 && { packageList: list }) };
        expect(packed({ ...identity, packedCredentials: { type: "certificate", data: bytes } })).toMatchObject({
          version: raw.SEC_WINNT_AUTH_IDENTITY_VERSION_2,
          headerLength: 48,
          user,
          domain,
          flags: raw.SEC_WINNT_AUTH_IDENTITY_UNICODE,
          packageList: list.join(","),
          packedLength: [28 + bytes.length, 28 + bytes.length],
          packedHeaderLength: 28,
          type: raw.SEC_WINNT_AUTH_DATA_TYPE_CERT,
          data: Buffer.from(bytes),
          holes: [0, 0, 0, 0, 0],
        });
      }),
      { numRuns: 60 },
    );
  });

  it("has a password as a struct of its own, which holds the password", () => {
    fc.assert(
      fc.property(text, (password) => {
        const found = packed({ packedCredentials: { type: "password", password } });
        expect(found["type"]).toBe(raw.SEC_WINNT_AUTH_DATA_TYPE_PASSWORD);
        expect(packedPassword(found["data"] as Uint8Array)).toBe(password);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["certificate", raw.SEC_WINNT_AUTH_DATA_TYPE_CERT],
    ["credentialManagerCertificate", raw.SEC_WINNT_AUTH_DATA_TYPE_CREDMAN_CERT],
    ["cspData", raw.SEC_WINNT_AUTH_DATA_TYPE_CSP_DATA],
    ["delegationToken", raw.SEC_WINNT_AUTH_DATA_TYPE_DELEGATION_TOKEN],
    ["fido", raw.SEC_WINNT_AUTH_DATA_TYPE_FIDO],
    ["keytab", raw.SEC_WINNT_AUTH_DATA_TYPE_KEYTAB],
    ["ngc", raw.SEC_WINNT_AUTH_DATA_TYPE_NGC],
    ["password", raw.SEC_WINNT_AUTH_DATA_TYPE_PASSWORD],
    ["smartcardContexts", raw.SEC_WINNT_AUTH_DATA_TYPE_SMARTCARD_CONTEXTS],
    ["{01234567-89AB-cdef-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef"],
  ])("says that it is of the type %s", (type, guid) => {
    const data = Buffer.from("a secret");
    expect(packed({ packedCredentials: { type, data } })).toMatchObject({ type: guid, data });
  });

  it("is zeroed in our memory after the call", () => {
    keepArenas();
    const found = packed({ user: "alice", packedCredentials: { type: "password", password: "hunter2-geheim" } });
    const { address, size } = found["place"] as { address: bigint; size: number };
    expect(copyOut(address, size)).toEqual(new Uint8Array(size));
  });
});

describe("an identity beside WinPR's SAM file", () => {
  it("keeps its flags", () => {
    const sspi = scripted({ traits: { samFile: "identity" }, authData: extendedIdentityAt });
    const identity = { user: "alice", password: "hunter2-geheim", flags: ["only"] } as const;
    const options = {
      package: "Scripted",
      use: "inbound",
      winpr: { samFile: "/etc/winpr/SAM" },
      provider: sspi.provider,
    } as const;
    Credential.acquireSync({ ...options, identity }).close();
    const { SEC_WINNT_AUTH_IDENTITY_ONLY: only, SEC_WINNT_AUTH_IDENTITY_UNICODE: unicode } = raw;
    expect(sspi.acquisitions[0]?.authData).toMatchObject({ flags: only | unicode | SEC_WINNT_AUTH_IDENTITY_EXTENDED });
  });
});

describe("an identity is refused", () => {
  const refused = (identity: unknown, traits: Partial<ProviderTraits> = {}): string => {
    const sspi = scripted({ traits });
    const options = { package: "Scripted", use: "outbound", identity, provider: sspi.provider };
    try {
      Credential.acquireSync(options as never).close();
    } catch (error) {
      expect(sspi.acquisitions).toEqual([]);
      expect(inspect(error)).not.toMatch(/geheim/);
      return (error as Error).message;
    }
    throw new Error("this identity was taken");
  };
  const plain = { user: "alice", password: "geheim" };
  const long = "ü".repeat(0x8000);

  it.each([
    [{ ...plain, packageList: [] }, /^identity.packageList: expected at least one package, got none/],
    [{ ...plain, packageList: 5 }, /^identity.packageList: expected package names, got a number/],
    [{ ...plain, packageList: "" }, /^identity.packageList: expected a name, got an empty string/],
    [
      { ...plain, packageList: ["kerberos,ntlm"] },
      /^identity.packageList: expected names like .*got a string of 13 characters/,
    ],
    [
      { ...plain, packageList: "!" },
      /^identity.packageList: expected names like "kerberos" or "!ntlm", got a string of 1 characters/,
    ],
    [
      { ...plain, packageList: "kerberos, ntlm" },
      /^identity.packageList: expected names like .*got a string of 5 characters/,
    ],
    [{ ...plain, flags: ["ansi"] }, /^identity.flags: expected one of .*only.*; got a string of 4 characters/],
    [{ ...plain, flags: "only" }, /^identity.flags: expected an array of flag names, got a string of 4 characters/],
    [{ packedCredentials: null }, /^identity.packedCredentials: expected \{ type, data \}, got null/],
    [
      { packedCredentials: { type: "pin", data: Buffer.alloc(1) } },
      /^identity.packedCredentials.type: expected one of /,
    ],
    [{ packedCredentials: { type: 5, data: Buffer.alloc(1) } }, /^identity.packedCredentials.type: expected one of /],
    [{ packedCredentials: { type: "ngc", data: "geheim" } }, /^identity.packedCredentials.data: expected a Uint8Array/],
    [
      { packedCredentials: { type: "ngc", password: "geheim" } },
      /^identity.packedCredentials.password: only for the type "password"$/,
    ],
    [
      { packedCredentials: { type: "password", password: "geheim\0" } },
      /^identity.packedCredentials.password: expected a string without NUL characters$/,
    ],
    [
      { packedCredentials: { type: "fido", data: Buffer.alloc(0xffff) } },
      /^identity.packedCredentials: expected at most 65535 bytes once packed, got 65563$/,
    ],
    [
      { user: long, packedCredentials: { type: "fido", data: Buffer.alloc(1) } },
      /^identity.user: expected at most 32767 characters, got 32768$/,
    ],
    [
      { domain: "a\0", packedCredentials: { type: "fido", data: Buffer.alloc(1) } },
      /^identity.domain: expected a string without NUL/,
    ],
  ])("as %#: the error names what is wrong and shows no secret", (identity, message) => {
    const error = refused(identity);
    // An error shows the given value where it is no secret; authentication data given as text is a secret.
    expect(error).toMatch(message);
  });

  it("whose packed form is longer than sixteen bits can count: the longest is accepted, one byte more is refused", () => {
    const [head, most] = [SEC_WINNT_AUTH_PACKED_CREDENTIALS.layouts[hostAbi].size, 0xffff];
    const bytes = (size: number) => ({ packedCredentials: { type: "fido", data: Buffer.alloc(size - head) } });
    for (const more of [1, 2, 28])
      expect(refused(bytes(most + more))).toBe(
        `identity.packedCredentials: expected at most 65535 bytes once packed, got ${most + more}`,
      );
    expect(packed({ user: "alice", ...bytes(most) })).toMatchObject({ data: Buffer.alloc(most - head) });
  });

  it("where the provider would take its struct for another", () => {
    const secret = { packedCredentials: { type: "password", password: "geheim" } };
    expect(refused({ ...plain, packageList: "!ntlm" }, { readsExtendedIdentity: false })).toBe(
      "identity.packageList: scripted reads none",
    );
    expect(refused(secret, { readsPackedIdentity: false })).toBe("identity.packedCredentials: scripted reads none");
  });
});
