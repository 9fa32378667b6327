import { describe, expect, it, onTestFinished } from "vitest";
import {
  SEC_APPLICATION_PROTOCOL_LIST,
  SECURITY_STRING,
  SecPkgContext_Lifespan,
} from "../../generated/sspi/structs.ts";
import { CERT_CONTEXT, CERT_EXTENSION, CERT_INFO, CRYPT_INTEGER_BLOB } from "../../generated/wincrypt/structs.ts";
import {
  type AttributeDeclaration,
  type AttributePointer,
  attribute,
  lonePointer,
  type Struct,
  u16,
} from "../../src/ctypes/index.ts";
import { live, type ReleaseFunction, readAttribute } from "../../src/memory/index.ts";
import { bytesOfStruct, ScriptedHeap, writeNativeStruct } from "../scripted/scripted-heap.ts";
import { type Released, releasingProvider } from "./releasing-provider.ts";

/** A package with separate native memory, which has to get back exactly what it handed out. */
function packageMemory(): { heap: ScriptedHeap; ask: typeof ask; released: readonly Released[] } {
  const heap = new ScriptedHeap();
  const { provider, released } = releasingProvider((by) => {
    heap.release(released.at(-1)?.[1] as bigint);
    return by === "CertFreeCertificateContext" ? 1 : 0;
  });
  onTestFinished(() => {
    expect(heap.problems()).toEqual([]);
    expect(live().buffers).toBe(0);
  });
  function ask<S>(
    declaration: AttributeDeclaration<unknown, ReleaseFunction>,
    struct: Struct<S>,
    answer: Partial<S>,
  ): unknown {
    return readAttribute(provider, declaration, (address) => writeNativeStruct(struct, address, answer));
  }
  return { heap, ask, released };
}

/** An attribute that fills a struct with one pointer, which FreeContextBuffer releases. */
function one(
  struct: Struct,
  pointer: AttributePointer<ReleaseFunction>,
): AttributeDeclaration<unknown, ReleaseFunction> {
  const pointers = [{ releasedBy: "FreeContextBuffer", ...pointer } as const];
  return attribute({ constant: "TEST", value: 1, struct, pointers, times: [] });
}

/** Stands for any struct of a size and a pointer. */
const blob = CRYPT_INTEGER_BLOB;

describe("what an attribute's pointer points to", () => {
  it("is an array of numbers where a field counts them", () => {
    const { heap, ask, released } = packageMemory();
    const pbData = heap.allocate(new Uint8Array(Uint16Array.of(0x0403, 0x0804, 0xffff).buffer));
    const declaration = one(blob, { field: "pbData", holds: u16, sizedBy: "cbData", counts: "elements" });
    expect(ask(declaration, blob, { cbData: 3, pbData })).toEqual({ cbData: 3, pbData: [0x0403, 0x0804, 0xffff] });
    expect(released).toEqual([["FreeContextBuffer", pbData]]);
    expect(ask(declaration, blob, {})).toEqual({ cbData: 0, pbData: [] });
  });

  it("is an array of structs, each with what is behind its own pointers, released as one", () => {
    const { heap, ask, released } = packageMemory();
    const names = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    const [first, second] = names.map((name) => heap.allocate(name)) as [bigint, bigint];
    const blobs = [
      bytesOfStruct(blob, { cbData: 3, pbData: first }),
      bytesOfStruct(blob, { cbData: 1, pbData: second }),
    ];
    const pbData = heap.allocate(Buffer.concat(blobs));
    const inside = [{ field: "pbData", holds: "bytes", sizedBy: "cbData" }] as const;
    const declaration = one(blob, { field: "pbData", holds: blob, sizedBy: "cbData", counts: "elements", inside });
    expect(ask(declaration, blob, { cbData: 2, pbData })).toEqual({
      cbData: 2,
      pbData: [
        { cbData: 3, pbData: names[0] },
        { cbData: 1, pbData: names[1] },
      ],
    });
    expect(released).toEqual([["FreeContextBuffer", pbData]]);
    for (const name of [first, second]) heap.release(name);
  });

  it.each([
    { what: "bytes", size: 10, counts: {} },
    { what: "characters", size: 5, counts: { counts: "elements" } },
  ] as const)("is text that ends where a size in $what says, NUL or not", ({ size, counts }) => {
    const { heap, ask } = packageMemory();
    const declaration = one(blob, { field: "pbData", holds: "wide-string", sizedBy: "cbData", ...counts });
    const text = (content: string): unknown => {
      const pbData = heap.allocate(Buffer.from(content, "utf16le"));
      return (ask(declaration, blob, { cbData: size, pbData }) as { pbData: unknown }).pbData;
    };
    expect(text("subject")).toBe("subje");
    expect(text("ü\0rest")).toBe("ü");
    expect(ask(declaration, blob, {})).toEqual({ cbData: 0, pbData: "" });
  });

  it("is followed in a struct that the attribute's struct holds itself", () => {
    const { heap, ask, released } = packageMemory();
    const pbData = heap.wideString("AES and more");
    const inside = [{ field: "pbData", holds: "bytes", sizedBy: "cbData" }] as const;
    const pointers = [{ field: "Value", holds: "embedded", inside }] as const;
    const declaration = attribute({ constant: "TEST", value: 1, struct: CERT_EXTENSION, pointers, times: [] });
    const Value = { cbData: 6, pbData };
    expect(ask(declaration, CERT_EXTENSION, { fCritical: true, Value })).toEqual({
      pszObjId: 0n,
      fCritical: true,
      Value: { cbData: 6, pbData: new Uint8Array(Buffer.from("AES", "utf16le")) },
    });
    expect(released).toEqual([]);
    heap.release(pbData);
  });

  it("is nothing where it is NULL, whatever number the package gives for it", () => {
    const { ask, released } = packageMemory();
    const sized = { field: "pbData", sizedBy: "cbData" } as const;
    const kinds = [
      [{ ...sized, holds: "bytes" }, new Uint8Array()],
      [{ ...sized, holds: "wide-string" }, ""],
      [{ ...sized, holds: "wide-string", counts: "elements" }, ""],
      [{ ...sized, holds: u16, counts: "elements" }, []],
      [{ ...sized, holds: blob, counts: "elements" }, []],
    ] as const;
    for (const [pointer, empty] of kinds)
      for (const cbData of [3, 0xffff_ffff])
        expect(ask(one(blob, pointer), blob, { cbData, pbData: 0n })).toEqual({ cbData, pbData: empty });
    expect(released).toEqual([]);
  });

  it("is NUL-terminated text of one byte a character, or none where it is NULL", () => {
    const { heap, ask, released } = packageMemory();
    const declaration = one(CERT_EXTENSION, { field: "pszObjId", holds: "ansi-string" });
    const pszObjId = heap.allocate(Buffer.from("2.5.29.17\0rest"));
    expect(ask(declaration, CERT_EXTENSION, { pszObjId })).toMatchObject({ pszObjId: "2.5.29.17" });
    expect(released).toEqual([["FreeContextBuffer", pszObjId]]);
    expect(ask(declaration, CERT_EXTENSION, {})).toMatchObject({ pszObjId: "" });
  });

  it("is read and released also beside a time", () => {
    const { heap, ask, released } = packageMemory();
    const struct = SecPkgContext_Lifespan;
    const pointers = [{ field: "tsStart", holds: "wide-string", releasedBy: "FreeContextBuffer" }] as const;
    const declaration = attribute({ constant: "TEST", value: 1, struct, pointers, times: ["tsExpiry"] });
    const tsStart = heap.wideString("text");
    expect(ask(declaration, struct, { tsStart, tsExpiry: 0n })).toEqual({ tsStart: "text", tsExpiry: undefined });
    expect(released).toEqual([["FreeContextBuffer", tsStart]]);
  });

  it("is counted text in a SECURITY_STRING, which is a UNICODE_STRING", () => {
    const { heap, ask } = packageMemory();
    const Text = heap.wideString("Kerberos");
    const declaration = one(SECURITY_STRING, { field: "Buffer", holds: "wide-string", sizedBy: "Length" });
    const answer = { Length: 8, MaximumLength: 18, Buffer: Text };
    expect(ask(declaration, SECURITY_STRING, answer)).toEqual({ ...answer, Buffer: "Kerb" });
  });
});

describe("an attribute that is a lone pointer", () => {
  const certificate = attribute<Uint8Array | undefined, ReleaseFunction>({
    constant: "TEST",
    value: 1,
    struct: lonePointer,
    pointers: [
      {
        field: "value",
        holds: CERT_CONTEXT,
        releasedBy: "CertFreeCertificateContext",
        inside: [{ field: "pbCertEncoded", holds: "bytes", sizedBy: "cbCertEncoded" }],
        only: "pbCertEncoded",
      },
    ],
    times: [],
  });

  it("is the field that matters, copied before its own function releases it", () => {
    const { heap, ask, released } = packageMemory();
    const encoded = Uint8Array.of(0x30, 0x82, 0x01, 0x0a);
    const pbCertEncoded = heap.allocate(encoded);
    const pCertInfo = heap.struct(CERT_INFO, { dwVersion: 2 });
    const value = heap.struct(CERT_CONTEXT, { dwCertEncodingType: 1, pbCertEncoded, cbCertEncoded: 4, pCertInfo });
    expect(ask(certificate, lonePointer, { value })).toEqual(encoded);
    expect(released).toEqual([["CertFreeCertificateContext", value]]);
    for (const part of [pbCertEncoded, pCertInfo]) heap.release(part);
  });

  it("is undefined where it is NULL, and nothing is released", () => {
    const { ask, released } = packageMemory();
    expect(ask(certificate, lonePointer, { value: 0n })).toBeUndefined();
    expect(released).toEqual([]);
  });
});

describe("an attribute whose struct says its version", () => {
  it("has it written before the package is asked, and everything else zeroed", () => {
    const { provider } = releasingProvider();
    const struct = SEC_APPLICATION_PROTOCOL_LIST;
    const declaration = { constant: "TEST", value: 1, struct, pointers: [], times: [], preset: { ProtoNegoExt: 2 } };
    expect(readAttribute(provider, declaration, () => undefined)).toEqual({
      ProtoNegoExt: 2,
      ProtocolListSize: 0,
      ProtocolList: new Uint8Array(),
    });
  });
});
