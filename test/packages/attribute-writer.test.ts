import { describe, expect, it } from "vitest";
import { contextAttributes } from "../../generated/attributes.ts";
import {
  SECPKG_ATTR_NAMES,
  SECPKG_ATTR_NATIVE_NAMES,
  SECPKG_ATTR_SESSION_KEY,
  SECPKG_ATTR_SIZES,
} from "../../generated/sspi/constants.ts";
import {
  SecPkgContext_NamesW,
  SecPkgContext_NativeNamesW,
  SecPkgContext_SessionKey,
  SecPkgContext_Sizes,
  SecPkgInfoW,
} from "../../generated/sspi/structs.ts";
import { CERT_CONTEXT } from "../../generated/wincrypt/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { copyOut, readStruct, readWideString } from "../../src/native/index.ts";
import { answerAttribute } from "../../src/packages/author/attribute-writer.ts";
import { keptMemory } from "../interface/kept-memory.ts";

/** Answers a query of one attribute; `allocated` is what the caller has to release. */
function answered(attribute: number, answers: object | undefined, allocations = 9) {
  const memory = keptMemory();
  const place = memory.bytes(new Uint8Array(128).fill(0xaa));
  const allocated: bigint[] = [];
  const callerMemory = {
    callerBytes(bytes: Uint8Array): bigint {
      if (allocated.length === allocations) throw new Error("no memory");
      allocated.push(BigInt(memory.bytes(bytes).address));
      return allocated.at(-1) as bigint;
    },
    freeCallerBytes: (address: bigint): void => void allocated.splice(allocated.indexOf(address), 1),
  };
  const run = (): void =>
    answerAttribute(contextAttributes, answers as never, attribute, BigInt(place.address), callerMemory);
  return {
    run,
    address: place.address,
    allocated,
    untouched: () => new Uint8Array(place.view.buffer).every((byte) => byte === 0xaa),
  };
}

describe("a package's answer to a query", () => {
  it("is the value of the attribute with that number, and of no other", () => {
    const sizes = { cbMaxToken: 1, cbMaxSignature: 2, cbBlockSize: 3, cbSecurityTrailer: 4 };
    const answers = { sizes: () => sizes, names: () => ({ sUserName: "alice" }) };
    const all = answered(SECPKG_ATTR_SIZES, answers);
    all.run();
    expect(readStruct(SecPkgContext_Sizes, all.address)).toEqual(sizes);
    expect(all.allocated).toEqual([]);
    const names = answered(SECPKG_ATTR_NAMES, answers);
    names.run();
    expect(readWideString(readStruct(SecPkgContext_NamesW, names.address).sUserName)).toBe("alice");
    expect(names.allocated).toHaveLength(1);
  });

  it.each([
    ["that it does not know", SECPKG_ATTR_NAMES, { sizes: () => ({}) }],
    ["when it answers none", SECPKG_ATTR_SIZES, undefined],
    ["of a number that no attribute has", 0x7fff_fff0, { sizes: () => ({}) }],
  ])("is SEC_E_UNSUPPORTED_FUNCTION for an attribute %s, and nothing is written", (_what, attribute, answers) => {
    const all = answered(attribute, answers);
    expect(all.run).toThrow(expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" }));
    expect(all.untouched()).toBe(true);
  });

  it.each([undefined, null, 5, "text"])("must be an object, and %j is none: nothing is written", (value) => {
    const all = answered(SECPKG_ATTR_SIZES, { sizes: () => value });
    expect(all.run).toThrow(`query.sizes: expected an object, got ${typeof value}`);
    expect(all.untouched()).toBe(true);
  });

  it("has the number of its bytes, and NULL for what the package leaves out", () => {
    const key = answered(SECPKG_ATTR_SESSION_KEY, {
      sessionKey: () => ({ SessionKey: Buffer.from("a key"), SessionKeyLength: 99 }),
    });
    key.run();
    const { SessionKey, SessionKeyLength } = readStruct(SecPkgContext_SessionKey, key.address);
    expect([SessionKeyLength, Buffer.from(copyOut(SessionKey, 5)).toString()]).toEqual([5, "a key"]);
    const names = answered(SECPKG_ATTR_NATIVE_NAMES, { nativeNames: () => ({ sServerName: "house" }) });
    names.run();
    const { sClientName, sServerName } = readStruct(SecPkgContext_NativeNamesW, names.address);
    expect([sClientName, readWideString(sServerName)]).toEqual([0n, "house"]);
    expect(names.allocated).toEqual([sServerName]);
  });

  it("gives back what it has allocated when a later part fails", () => {
    const both = { nativeNames: () => ({ sClientName: "alice", sServerName: "house" }) };
    const all = answered(SECPKG_ATTR_NATIVE_NAMES, both, 1);
    expect(all.run).toThrow("no memory");
    expect(all.allocated).toEqual([]);
    expect(all.untouched()).toBe(true);
    const wrong = answered(SECPKG_ATTR_SESSION_KEY, { sessionKey: () => ({ SessionKey: "text" }) });
    expect(wrong.run).toThrow("query: SessionKey cannot be answered by a package written in TypeScript");
    expect(wrong.allocated).toEqual([]);
    const { remoteCertificate } = contextAttributes;
    const number = answered(remoteCertificate.value, { remoteCertificate: () => 5 });
    expect(number.run).toThrow("query: value cannot be answered by a package written in TypeScript");
  });

  it("that is a certificate is one allocation: CERT_CONTEXT and the encoded certificate behind it", () => {
    const { remoteCertificate } = contextAttributes;
    const all = answered(remoteCertificate.value, { remoteCertificate: () => Buffer.from("encoded") });
    all.run();
    expect(all.allocated).toHaveLength(1);
    const [address = 0n] = all.allocated;
    const place = BigInt(CERT_CONTEXT.layouts[hostAbi].size) + address;
    const context = readStruct(CERT_CONTEXT, address);
    // X509_ASN_ENCODING and PKCS_7_ASN_ENCODING
    expect(context).toMatchObject({ dwCertEncodingType: 0x1_0001, pbCertEncoded: place, cbCertEncoded: 7 });
    expect([context.pCertInfo, context.hCertStore]).toEqual([0n, 0n]);
    expect(Buffer.from(copyOut(place, 7)).toString()).toBe("encoded");
    expect(readStruct(SecPkgContext_NamesW, all.address).sUserName).toBe(address);
    const none = answered(remoteCertificate.value, { remoteCertificate: () => undefined });
    none.run();
    expect([none.allocated, readStruct(SecPkgContext_NamesW, none.address).sUserName]).toEqual([[], 0n]);
  });

  it("that is a package is one allocation: SecPkgInfoW and its strings behind it", () => {
    const PackageInfo = {
      fCapabilities: 3,
      wVersion: 1,
      wRPCID: 9,
      cbMaxToken: 1000,
      Name: "Inner",
      Comment: "a comment",
    };
    const { negotiationPackage } = contextAttributes;
    const all = answered(negotiationPackage.value, { negotiationPackage: () => ({ PackageInfo }) });
    all.run();
    expect(all.allocated).toHaveLength(1);
    const [address = 0n] = all.allocated;
    const info = readStruct(SecPkgInfoW, address);
    expect(info).toMatchObject({ fCapabilities: 3, wVersion: 1, wRPCID: 9, cbMaxToken: 1000 });
    expect(info.Name).toBe(address + BigInt(SecPkgInfoW.layouts[hostAbi].size));
    expect([info.Name, info.Comment].map((text) => readWideString(text))).toEqual(["Inner", "a comment"]);
    expect(readStruct(SecPkgContext_NamesW, all.address).sUserName).toBe(address);
    const wrong = answered(negotiationPackage.value, { negotiationPackage: () => ({ PackageInfo: "Inner" }) });
    expect(wrong.run).toThrow("PackageInfo cannot be answered");
  });
});
