import { describe, expect, it } from "vitest";
import { contextAttributes } from "../../generated/attributes.ts";
import { SecPkgContext_Sizes, SecPkgInfoW } from "../../generated/sspi/structs.ts";
import { hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { leaseWorkspace, live, readAttribute, returnWorkspace, workspaceInUse } from "../../src/memory/index.ts";
import { addressOf, copyMemory } from "../../src/native/memory-access.ts";
import { releasingProvider } from "./releasing-provider.ts";

const { names, lifespan, sizes, sessionKey, packageInfo, negotiatedTlsExtensions } = contextAttributes;

/** A package that answers with a struct: it writes the struct to the given address. */
function answering<T>(type: Struct<T>, value: Partial<T>): (address: number) => void {
  return (address) => {
    const memory = new DataView(new ArrayBuffer(type.layouts[hostAbi].size));
    type.write(memory, value);
    copyMemory(address, addressOf(memory), memory.byteLength);
  };
}

describe("the value of an attribute", () => {
  it("is a plain copy of the struct", () => {
    const value = { cbMaxToken: 2888, cbMaxSignature: 16, cbBlockSize: 1, cbSecurityTrailer: 16 };
    const { provider, released } = releasingProvider();
    expect(readAttribute(provider, sizes, answering(SecPkgContext_Sizes, value))).toEqual(value);
    expect(released).toEqual([]);
  });

  it("starts as zeros, so that a field the package leaves out does not keep an earlier answer", () => {
    const { provider } = releasingProvider();
    const full = { cbMaxToken: 1, cbMaxSignature: 2, cbBlockSize: 3, cbSecurityTrailer: 4 };
    readAttribute(provider, sizes, answering(SecPkgContext_Sizes, full));
    expect(readAttribute(provider, sizes, () => undefined)).toEqual({
      cbMaxToken: 0,
      cbMaxSignature: 0,
      cbBlockSize: 0,
      cbSecurityTrailer: 0,
    });
  });

  it("has its strings copied and then released", () => {
    const { provider, released } = releasingProvider();
    const name = new Uint8Array(Buffer.from("EXAMPLE\\älice\0", "utf16le"));
    const answer = answering(names.struct, { sUserName: addressOf(name) });
    expect(readAttribute(provider, names, answer)).toEqual({ sUserName: "EXAMPLE\\älice" });
    expect(released).toEqual([["FreeContextBuffer", addressOf(name)]]);
    expect(live().buffers).toBe(0);
  });

  it("has an empty string for NULL, which is not released", () => {
    const { provider, released } = releasingProvider();
    expect(readAttribute(provider, names, answering(names.struct, {}))).toEqual({ sUserName: "" });
    expect(released).toEqual([]);
  });

  it("has its bytes copied, as many as the field says, and then released", () => {
    const { provider, released } = releasingProvider();
    const key = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const answer = answering(sessionKey.struct, { SessionKeyLength: 4, SessionKey: addressOf(key) });
    const read = readAttribute(provider, sessionKey, answer);
    expect(read).toEqual({ SessionKeyLength: 4, SessionKey: Uint8Array.of(1, 2, 3, 4) });
    key.fill(0);
    expect(read.SessionKey[0]).toBe(1);
    expect(released).toEqual([["FreeContextBuffer", addressOf(key)]]);
  });

  it("has all of its elements where the field counts those and not bytes", () => {
    const { provider, released } = releasingProvider();
    const numbers = Uint16Array.of(0x0010, 0x0017, 0xff01);
    const answer = answering(negotiatedTlsExtensions.struct, { ExtensionsCount: 3, Extensions: addressOf(numbers) });
    const { Extensions } = readAttribute(provider, negotiatedTlsExtensions, answer);
    expect(Extensions).toEqual([0x0010, 0x0017, 0xff01]);
    expect(released).toHaveLength(1);
  });

  it("has the struct behind its pointer, with its strings, released as one allocation", () => {
    const { provider, released } = releasingProvider();
    const text = new Uint8Array(Buffer.from("Kerberos\0", "utf16le"));
    const info = new DataView(new ArrayBuffer(SecPkgInfoW.layouts[hostAbi].size));
    SecPkgInfoW.write(info, { wVersion: 1, cbMaxToken: 48_000, Name: addressOf(text) });
    const answer = answering(packageInfo.struct, { PackageInfo: addressOf(info) });
    const read = readAttribute(provider, packageInfo, answer);
    expect(read.PackageInfo).toMatchObject({ wVersion: 1, cbMaxToken: 48_000, Name: "Kerberos", Comment: "" });
    expect(released).toEqual([["FreeContextBuffer", addressOf(info)]]);
    expect(readAttribute(provider, packageInfo, () => undefined)).toEqual({ PackageInfo: undefined });
  });

  it("has its times as dates, where they are given", () => {
    const { provider } = releasingProvider();
    const never = 0x7fff_ffff_ffff_ffffn;
    const read = readAttribute(provider, lifespan, answering(lifespan.struct, { tsStart: 0n, tsExpiry: never }));
    expect(read).toEqual({ tsStart: undefined, tsExpiry: new Date(8.64e15) });
  });
});

describe("a query", () => {
  it.each(["succeeds", "fails"])("gives its workspace back where it %s", (outcome) => {
    const { provider } = releasingProvider();
    const workspace = leaseWorkspace();
    returnWorkspace(workspace);
    const call = (): void => {
      expect(workspaceInUse()).toBe(workspace);
      if (outcome === "fails") throw new Error("from the package");
    };
    const query = () => readAttribute(provider, sizes, call);
    if (outcome === "fails") expect(query).toThrow("from the package");
    else query();
    expect(workspace.leased).toBe(false);
    expect(workspaceInUse()).toBeUndefined();
  });
});

describe("a failed query", () => {
  it("releases nothing and lets its error pass", () => {
    const { provider, released } = releasingProvider();
    const failing = (): never => {
      throw new Error("SEC_E_UNSUPPORTED_FUNCTION");
    };
    expect(() => readAttribute(provider, names, failing)).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
    expect(released).toEqual([]);
  });

  it("still releases what the package handed out when reading it throws", () => {
    const { provider, released } = releasingProvider();
    const unreadable = {
      ...SecPkgInfoW,
      read(): never {
        throw new Error("cannot be read");
      },
    };
    const pointers = packageInfo.pointers.map((one) => ({ ...one, holds: unreadable as unknown as Struct }));
    const address = addressOf(new Uint8Array(64));
    const answer = answering(packageInfo.struct, { PackageInfo: address });
    expect(() => readAttribute(provider, { ...packageInfo, pointers }, answer)).toThrow("cannot be read");
    expect(released).toEqual([["FreeContextBuffer", address]]);
    expect(live().buffers).toBe(0);
  });
});
