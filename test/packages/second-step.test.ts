import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { live } from "../../src/index.ts";
import { HandedOutError, readStruct, writeStruct } from "../../src/native/index.ts";
import { SystemServices } from "../../src/packages/author/system-services.ts";
import { PackageError } from "../../src/packages.ts";
import { expectUnderstanding, handshake, hosted } from "./hosted.ts";
import { scriptedHost } from "./scripted/scripted-package.ts";
import { World } from "./steps.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

/** More bytes than any function of SSPI returns. */
const tooMuch = 0x7fff_ffff;

const keyInfo = {
  sSignatureAlgorithmName: "HMAC",
  sEncryptAlgorithmName: "AES",
  KeySize: 256,
  SignatureAlgorithm: 0,
  EncryptAlgorithm: 0,
};

describe("a query with two strings, of which the second cannot be returned", () => {
  it("because an allocation fails releases the first string, and succeeds at the next call", () => {
    const { host, provider } = hosted(
      testPackage({ openSession: sessionsWith({ query: { keyInfo: () => keyInfo } }) }),
    );
    using pair = handshake(provider);
    const { held } = host.diagnostics();
    for (const nth of [0, 1]) {
      host.failAllocation(nth);
      expect(() => pair.client.query("keyInfo")).toThrow(/SEC_E_INSUFFICIENT_MEMORY/);
      expect(host.diagnostics().held).toEqual(held);
    }
    expect(pair.client.query("keyInfo")).toMatchObject(keyInfo);
    expect(host.diagnostics().held).toEqual(held);
  });

  it("because it is no text releases the first string", () => {
    const text = { toString: () => fail() };
    const broken = { ...keyInfo, sEncryptAlgorithmName: text as never };
    const { host, provider } = hosted(testPackage({ openSession: sessionsWith({ query: { keyInfo: () => broken } }) }));
    using pair = handshake(provider);
    const { held } = host.diagnostics();
    expect(() => pair.client.query("keyInfo")).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(host.diagnostics().held).toEqual(held);
  });
});

function fail(): never {
  throw new Error("no text");
}

describe("an export whose second step fails", () => {
  it("in the package, at duplicating the token, releases the packed context, and the session stays usable", () => {
    const { host, provider, defined } = hosted();
    using pair = handshake(provider);
    const { held } = host.diagnostics();
    const duplicate = vi.spyOn(SystemServices.prototype, "duplicate").mockImplementationOnce(() => {
      throw new PackageError("SEC_E_INTERNAL_ERROR");
    });
    onTestFinished(() => duplicate.mockRestore());
    expect(() => pair.client.export({ deleteOld: true, withToken: true })).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(host.diagnostics()).toMatchObject({ held, open: { tokens: 0 } });
    expect(defined.open.sessions).toBe(2);
    expectUnderstanding(pair.client, pair.server);
  });

  it("in the host, because the package claims more bytes than it packed, closes the token and releases the packed context", () => {
    const { host } = scriptedHost({ packs: 17 });
    using made = new World({ host, name: "Scripted" });
    const { client } = made.pair();
    const { held } = host.diagnostics();
    expect(() => client.export({ withToken: true })).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(host.diagnostics()).toMatchObject({ held, open: { tokens: 0 }, misdeeds: [{ kind: "wrong-size" }] });
  });

  it("in export(), because the size exceeds every possible result, closes the token and releases the packed context", () => {
    const { host, provider, defined } = hosted();
    using pair = handshake(provider);
    const native = provider.ExportSecurityContext;
    provider.ExportSecurityContext = (at, flags, packed, token) => {
      const status = native(at, flags, packed, token);
      writeStruct(SecBuffer, packed, { ...readStruct(SecBuffer, packed), cbBuffer: tooMuch });
      return status;
    };
    const { held } = host.diagnostics();
    expect(() => pair.client.export({ withToken: true })).toThrow(HandedOutError);
    expect(live()).toMatchObject({ tokens: 0, buffers: 0 });
    expect(host.diagnostics()).toMatchObject({ held, open: { tokens: 0 } });
    expect(defined.open.sessions).toBe(2);
  });
});
