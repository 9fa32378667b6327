import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SspiZeroAuthIdentity } from "../../generated/sspi/functions.ts";
import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { identityOf } from "../../src/credentials/identities/auth-identity.ts";
import type { IdentityFunctions } from "../../src/credentials/identities/identity-functions.ts";
import {
  encodeIdentity,
  type IdentityStrings,
  unmarshalIdentity,
} from "../../src/credentials/identities/make-identity.ts";
import { hostOf } from "../../src/credentials/identities/target-host.ts";
import {
  type AuthIdentity,
  Credential,
  DisposedError,
  FunctionNotFoundError,
  live,
  targetHostName,
} from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedIdentities } from "../scripted/scripted-identities.ts";

const alice = { user: "alice", domain: "EXAMPLE", packedCredentials: "hunter2-geheim" };
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !value.includes("\0"));
const optional = fc.option(text, { nil: undefined });

function made(windows: ScriptedIdentities, strings: IdentityStrings = alice): AuthIdentity {
  return identityOf(encodeIdentity(windows.functions, strings));
}

describe("an identity that SSPI keeps", () => {
  it("returns what it was made of, its secret only on request; our copies and SSPI's are zeroed", () => {
    keepArenas();
    fc.assert(
      fc.property(optional, optional, optional, (user, domain, packedCredentials) => {
        const windows = new ScriptedIdentities();
        const names = { ...(user !== undefined && { user }), ...(domain !== undefined && { domain }) };
        const strings = { ...names, ...(packedCredentials !== undefined && { packedCredentials }) };
        using identity = made(windows, strings);
        for (const { address, size } of windows.given) expect(copyOut(address, size)).toEqual(new Uint8Array(size));
        expect(identity.strings({ secret: true })).toEqual(strings);
        expect(identity.strings()).toEqual(names);
        expect(windows.problems).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("survives a round trip through bytes", () => {
    keepArenas();
    const windows = new ScriptedIdentities();
    using identity = made(windows);
    const bytes = identity.marshal();
    windows.given.length = 0;
    using back = identityOf(unmarshalIdentity(windows.functions, bytes));
    expect(back.strings({ secret: true })).toEqual(alice);
    expect(identity.compare(back)).toEqual({ sameUser: true, sameIdentity: true });
    for (const { address, size } of windows.given) expect(copyOut(address, size)).toEqual(new Uint8Array(size));
    expect(() => unmarshalIdentity(windows.functions, Buffer.from("no identity"))).toThrow("SEC_E_INVALID_TOKEN");
  });

  it("is compared by user and by secret", () => {
    const windows = new ScriptedIdentities();
    using identity = made(windows);
    using stranger = made(windows, { ...alice, packedCredentials: "another" });
    using bob = made(windows, { ...alice, user: "bob" });
    expect(identity.compare(stranger)).toEqual({ sameUser: true, sameIdentity: false });
    expect(identity.compare(bob)).toEqual({ sameUser: false, sameIdentity: false });
    expect(() => identity.compare({} as never)).toThrow(/^other: expected an AuthIdentity, got an instance of Object/);
  });

  it("has copies, and copies without a package, that are closed separately", () => {
    const windows = new ScriptedIdentities();
    using identity = made(windows);
    const copy = identity.copy();
    using other = copy.excludePackage("NTLM");
    copy.close();
    expect(live().buffers).toBe(2);
    expect(JSON.parse(Buffer.from(other.marshal()).toString())).toMatchObject({ user: "alice", excluded: ["NTLM"] });
    expect(() => identity.excludePackage("")).toThrow(/^name: expected a name/);
  });

  it.each([undefined, "sameLogon", "sameProcess", "forSystem"] as const)(
    "is encrypted and decrypted for %s",
    (whom) => {
      const windows = new ScriptedIdentities();
      using identity = made(windows);
      expect(identity.encrypted).toBe(false);
      identity.encrypt(whom);
      expect(identity.encrypted).toBe(true);
      const wrong = whom === "sameLogon" ? "sameProcess" : "sameLogon";
      expect(() => identity.decrypt(wrong)).toThrow("SEC_E_INVALID_TOKEN");
      identity.decrypt(whom);
      expect(identity.encrypted).toBe(false);
      expect(() => identity.encrypt("me" as never)).toThrow(/^whom: expected one of sameLogon, sameProcess, forSystem/);
    },
  );

  it("is validated, and says how the credential manager keeps it", () => {
    const windows = new ScriptedIdentities();
    using identity = made(windows);
    using nobody = made(windows, { user: "" });
    identity.validate();
    expect(() => nobody.validate()).toThrow("SEC_E_INVALID_TOKEN");
    expect(identity.prepareForCredRead("HTTP/x")).toEqual({ type: 2, targetName: "read HTTP/x" });
    expect(identity.prepareForCredWrite("HTTP/x")).toEqual({
      type: 1,
      targetName: "write HTTP/x",
      userName: "alice",
      credentialBlob: new Uint8Array(Buffer.from(alice.packedCredentials, "utf16le")),
    });
    expect(identity.prepareForCredWrite()).toMatchObject({ targetName: "write undefined" });
    expect(() => identity.prepareForCredRead("")).toThrow(/^target: expected a name/);
  });

  it("is freed once, shows nothing, and cannot be used after that", () => {
    const windows = new ScriptedIdentities();
    const identity = made(windows);
    expect([live().buffers, inspect(identity)]).toEqual([1, "AuthIdentity {}"]);
    identity.close();
    identity.close();
    expect(windows.calls.filter((name) => name === "SspiFreeAuthIdentity").length).toBe(1);
    expect(inspect(identity)).toBe("AuthIdentity { closed }");
    for (const use of [() => identity.strings(), () => identity.address, () => identity.copy()])
      expect(use).toThrow(DisposedError);
  });

  it("is freed also where there is no function that zeroes it", () => {
    const windows = new ScriptedIdentities();
    const missing = () => {
      throw new FunctionNotFoundError(SspiZeroAuthIdentity);
    };
    const functions = { ...windows.functions, SspiZeroAuthIdentity: missing };
    identityOf(encodeIdentity(functions, { user: "alice" })).close();
    expect([windows.calls.at(-1), live().buffers]).toEqual(["SspiFreeAuthIdentity", 0]);
  });

  it("fails with a typed error of the function that failed, and nothing is left", () => {
    const work: Partial<Record<keyof IdentityFunctions, (identity: AuthIdentity) => unknown>> = {
      SspiEncodeAuthIdentityAsStrings: (identity) => identity.strings(),
      SspiCopyAuthIdentity: (identity) => identity.copy(),
      SspiCompareAuthIdentities: (identity) => identity.compare(identity),
      SspiMarshalAuthIdentity: (identity) => identity.marshal(),
      SspiEncryptAuthIdentity: (identity) => identity.encrypt(),
      SspiEncryptAuthIdentityEx: (identity) => identity.encrypt("sameLogon"),
      SspiDecryptAuthIdentity: (identity) => identity.decrypt(),
      SspiDecryptAuthIdentityEx: (identity) => identity.decrypt("sameLogon"),
      SspiValidateAuthIdentity: (identity) => identity.validate(),
      SspiExcludePackage: (identity) => identity.excludePackage("NTLM"),
      SspiPrepareForCredRead: (identity) => identity.prepareForCredRead("x"),
      SspiPrepareForCredWrite: (identity) => identity.prepareForCredWrite("x"),
    };
    for (const [operation, use] of Object.entries(work)) {
      const windows = new ScriptedIdentities({ [operation]: SEC_E_INTERNAL_ERROR });
      using identity = made(windows);
      expect(() => use(identity)).toThrow(expect.objectContaining({ operation, code: "SEC_E_INTERNAL_ERROR" }));
    }
    const windows = new ScriptedIdentities({ SspiEncodeStringsAsAuthIdentity: SEC_E_INTERNAL_ERROR });
    expect(() => made(windows)).toThrow("SspiEncodeStringsAsAuthIdentity: SEC_E_INTERNAL_ERROR");
  });

  it.each([
    [null, /^strings: expected \{ user, domain, packedCredentials \}/],
    [{ user: 5 }, /^strings.user: expected a string, got a number/],
    [{ domain: "a\0" }, /^strings.domain: expected a string without NUL/],
    [{ packedCredentials: "geheim\0" }, /^strings.packedCredentials: expected a string without NUL characters$/],
  ])("is not made of %j", (strings, message) => {
    const windows = new ScriptedIdentities();
    expect(() => made(windows, strings as never)).toThrow(message);
    expect(windows.calls).toEqual([]);
  });
});

describe("a credential acquired with an identity that SSPI keeps", () => {
  it("receives the identity itself, which stays alive until the call returns", async () => {
    const windows = new ScriptedIdentities();
    const identity = made(windows);
    const { address } = identity;
    const sspi = scripted({ authData: (at) => [at, windows.calls.includes("SspiFreeAuthIdentity")] });
    const options = { package: "Scripted", use: "outbound", identity, provider: sspi.provider } as const;
    Credential.acquireSync(options).close();
    const pending = Credential.acquire(options);
    identity.close();
    (await pending).close();
    expect(sspi.acquisitions.map(({ authData }) => authData)).toEqual([
      [address, false],
      [address, false],
    ]);
    expect(windows.calls.at(-1)).toBe("SspiFreeAuthIdentity");
    expect(() => Credential.acquireSync(options)).toThrow(DisposedError);
  });
});

describe("the host of a target", () => {
  it("is the one that SSPI reports", () => {
    const windows = new ScriptedIdentities();
    expect(hostOf("HTTP/intranet.example", windows.functions)).toBe("intranet.example");
    expect(() => targetHostName("")).toThrow(/^target: expected a name/);
  });
});
