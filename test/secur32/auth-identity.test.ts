import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AuthIdentity,
  ClientContext,
  Credential,
  FunctionNotFoundError,
  live,
  targetHostName,
} from "../../src/index.ts";

const alice = { user: "alice", domain: "EXAMPLE", packedCredentials: "Passw0rd-☂" };
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((value) => !value.includes("\0"));

describe("an AuthIdentity of secur32", () => {
  it("returns the strings that it was made of", () => {
    // The names have none of \ @ /, at which secur32 splits a user name; a missing domain is not an empty one.
    const name = text.filter((value) => !/[\\@/]/.test(value));
    fc.assert(
      fc.property(name, name, text, (user, domain, packedCredentials) => {
        using identity = AuthIdentity.encode({ user, domain, packedCredentials });
        expect(identity.strings({ secret: true })).toEqual({ user, domain, packedCredentials });
        expect(identity.strings()).toEqual({ user, domain });
      }),
      { numRuns: 50 },
    );
    expect(live().buffers).toBe(0);
  });

  it("can be used to acquire NTLM credentials, on and off the event loop, even when it is closed meanwhile", async () => {
    const identity = AuthIdentity.encode(alice);
    using first = Credential.acquireSync({ package: "NTLM", use: "outbound", identity });
    const pending = Credential.acquire({ package: "NTLM", use: "outbound", identity });
    identity.close();
    using second = await pending;
    expect(live().buffers).toBe(0);
    for (const credential of [first, second]) {
      using context = new ClientContext(credential);
      const leg = await context.step();
      expect(
        Buffer.from(leg.token ?? [])
          .subarray(0, 7)
          .toString(),
      ).toBe("NTLMSSP");
    }
  });

  it("returns the record for the credential manager, with the password as the blob", () => {
    using identity = AuthIdentity.encode(alice);
    const { credentialBlob, ...rest } = identity.prepareForCredWrite("HTTP/intranet.example");
    expect(rest).toEqual({ type: 2, targetName: "HTTP/intranet.example", userName: "EXAMPLE\\alice" });
    expect(Buffer.from(credentialBlob).toString("utf16le")).toBe(alice.packedCredentials);
  });

  it("throws SEC_E_UNSUPPORTED_FUNCTION for every other function under Wine", () => {
    using identity = AuthIdentity.encode(alice);
    const unsupported = {
      SspiCopyAuthIdentity: () => identity.copy(),
      SspiCompareAuthIdentities: () => identity.compare(identity),
      SspiMarshalAuthIdentity: () => identity.marshal(),
      SspiUnmarshalAuthIdentity: () => AuthIdentity.unmarshal(Buffer.from("an identity")),
      SspiEncryptAuthIdentity: () => identity.encrypt(),
      SspiDecryptAuthIdentity: () => identity.decrypt(),
      SspiEncryptAuthIdentityEx: () => identity.encrypt("sameProcess"),
      SspiDecryptAuthIdentityEx: () => identity.decrypt("sameProcess"),
      SspiValidateAuthIdentity: () => identity.validate(),
      SspiExcludePackage: () => identity.excludePackage("NTLM"),
      SspiPrepareForCredRead: () => identity.prepareForCredRead("HTTP/intranet.example"),
      SspiGetTargetHostName: () => targetHostName("HTTP/intranet.example"),
    };
    for (const [operation, work] of Object.entries(unsupported))
      expect(work).toThrow(expect.objectContaining({ operation, code: "SEC_E_UNSUPPORTED_FUNCTION" }));
    expect(() => identity.encrypted).toThrow(FunctionNotFoundError);
  });
});

describe("an identity that Wine would misread as a plain one", () => {
  it("is refused before secur32 is called", () => {
    const identity = { user: "alice", password: "geheim" };
    const packed = { user: "alice", packedCredentials: { type: "password", password: "geheim" } } as const;
    for (const name of ["NTLM", "Negotiate", "Kerberos"]) {
      const options = { package: name, use: "outbound" } as const;
      expect(() => Credential.acquireSync({ ...options, identity: { ...identity, packageList: "!ntlm" } })).toThrow(
        /^identity.packageList: .*secur32\.dll reads none$/,
      );
      expect(() => Credential.acquireSync({ ...options, identity: packed })).toThrow(
        /^identity.packedCredentials: .*secur32\.dll reads none$/,
      );
    }
  });

  it("for CREDSSP is refused with SEC_E_SECPKG_NOT_FOUND, because Wine has no such package", () => {
    const credssp = { spnego: { user: "alice", password: "geheim" } };
    expect(() => Credential.acquireSync({ package: "CREDSSP", use: "outbound", credssp })).toThrow(
      "SEC_E_SECPKG_NOT_FOUND",
    );
  });
});
