import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContextAttributes, contextAttributes } from "../../generated/sspi/attributes.ts";
import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { AttributeDeclaration, AttributePointer } from "../../src/ctypes/index.ts";
import { ClientContext } from "../../src/index.ts";
import { outbound, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import type { ScriptedHeap } from "../scripted/scripted-heap.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";

const declared = Object.entries(contextAttributes) as [keyof ContextAttributes, AttributeDeclaration][];
const instant = new Date(2031, 1, 3, 4, 5, 6);
const ticks = (BigInt(Date.UTC(2031, 1, 3, 4, 5, 6)) + 11_644_473_600_000n) * 10_000n;

/** A distinct value for each field of an attribute's struct, and the value that a query should return for it. */
function sample({ struct, pointers, times }: AttributeDeclaration, heap: ScriptedHeap) {
  const written: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  const [zeroed] = [struct.read(new DataView(new ArrayBuffer(1024))) as Record<string, unknown>];
  const sizes = new Map(pointers.map((pointer) => [pointer.sizedBy, bytesBehind.length / elementSize(pointer)]));
  for (const [index, [field, zero]] of Object.entries(zeroed).entries()) {
    const pointer = pointers.find((candidate) => candidate.field === field);
    if (pointer) [written[field], expected[field]] = samplePointer(pointer, heap);
    else if (times.includes(field)) [written[field], expected[field]] = [ticks, instant];
    else written[field] = expected[field] = sampleScalar(zero, sizes.get(field) ?? index + 1);
  }
  return { written, expected };
}

const bytesBehind = Buffer.from("bytes!");

function elementSize({ holds, counts }: AttributePointer): number {
  return counts === "elements" && typeof holds === "object" && "scalar" in holds ? holds.size() : 1;
}

function samplePointer({ field, holds }: AttributePointer, heap: ScriptedHeap): [bigint, unknown] {
  if (holds === "wide-string") return [heap.wideString(`${field} ☂`), `${field} ☂`];
  if (holds === "ansi-string") return [heap.allocate(Buffer.from(`${field}\0`)), field];
  if (holds === "bytes") return [heap.allocate(bytesBehind), new Uint8Array(bytesBehind)];
  if (holds !== "embedded" && "scalar" in holds) {
    const view = new DataView(new Uint8Array(bytesBehind).buffer);
    const elements = Array.from({ length: view.byteLength / holds.size() }, (_, at) =>
      holds.get(view, at * holds.size()),
    );
    return [heap.allocate(bytesBehind), elements];
  }
  expect(holds).toBe(SecPkgInfoW);
  const numbers = { fCapabilities: 1, wVersion: 2, wRPCID: 3, cbMaxToken: 4 };
  const texts = Buffer.from("Scripted\0comment\0", "utf16le");
  const address = heap.allocate(Buffer.concat([Buffer.alloc(32), texts]));
  writeNativeStruct(SecPkgInfoW, address, { ...numbers, Name: address + 32n, Comment: address + 50n });
  return [address, { ...numbers, Name: "Scripted", Comment: "comment" }];
}

function sampleScalar(zero: unknown, value: number): unknown {
  if (typeof zero === "bigint") return BigInt(value);
  return zero instanceof Uint8Array ? new Uint8Array(zero.length).fill(value) : value;
}

/** A complete client, and a package that answers queries as scripted. */
function complete(sspi: ScriptedSspi): ClientContext {
  using credential = outbound(sspi);
  const client = new ClientContext(credential);
  client.stepSync();
  return client;
}

describe("query() of a context", () => {
  it.each(declared)(
    "returns %s as plain values, and frees everything the package allocated once",
    (name, declaration) => {
      let expected: unknown;
      let allocated = 0;
      const sspi = scripted({
        legs: [{ status: SEC_E_OK }],
        contextAttributes: ({ attribute, address, heap }) => {
          expect(attribute).toBe(declaration.value);
          const before = heap.allocated;
          const both = sample(declaration, heap);
          allocated = heap.allocated - before;
          expected = both.expected;
          writeNativeStruct(declaration.struct, address, both.written);
          return SEC_E_OK;
        },
      });
      using client = complete(sspi);
      const freed = sspi.count("FreeContextBuffer");
      const answer = client.query(name);
      expect(answer).toEqual(expected);
      expect(sspi.count("FreeContextBuffer") - freed).toBe(allocated);
    },
  );

  it.each(declared)(
    "zeroes %s before the package is asked, so that a field it leaves out is not an earlier answer",
    (name, declaration) => {
      let round = 0;
      const sspi = scripted({
        legs: [{ status: SEC_E_OK }],
        contextAttributes: ({ address, heap }) => {
          round += 1;
          if (round === 1) writeNativeStruct(declaration.struct, address, sample(declaration, heap).written);
          return SEC_E_OK;
        },
      });
      using client = complete(sspi);
      client.query(name);
      const freed = sspi.count("FreeContextBuffer");
      const empty = Object.values(client.query(name));
      for (const value of empty.flatMap((one) => (one instanceof Uint8Array ? [...one] : (one as unknown))))
        expect([0, 0n, "", undefined]).toContain(value);
      expect(sspi.count("FreeContextBuffer")).toBe(freed);
    },
  );

  it("is a typed error and frees nothing where the package does not answer the attribute", () => {
    const failures = fc.integer({ min: 0x8000_0000, max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.constantFrom(...declared), failures, ([name], status) => {
        const sspi = scripted({ legs: [{ status: SEC_E_OK }], contextAttributes: () => status });
        using client = complete(sspi);
        const freed = sspi.count("FreeContextBuffer");
        expect(() => client.query(name)).toThrow(
          expect.objectContaining({ name: "SspiError", operation: "QueryContextAttributesW", status }),
        );
        expect(sspi.count("FreeContextBuffer")).toBe(freed);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses an unknown name before the package is asked, and the error lists the known names", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }], contextAttributes: () => SEC_E_UNSUPPORTED_FUNCTION });
    using client = complete(sspi);
    for (const wrong of ["Sizes", "SECPKG_ATTR_SIZES", "", "toString", "__proto__", 0, undefined])
      expect(() => client.query(wrong as "sizes"), String(wrong)).toThrow(
        /^attribute: (did you mean "\w+"\? )?expected one of .*\bsizes, names, .*; got /,
      );
    expect(sspi.count("QueryContextAttributesW")).toBe(0);
  });

  it("answers as often as it is asked, with values that are the caller's own", () => {
    using client = complete(scripted({ legs: [{ status: SEC_E_OK }], sizes: { trailer: 28 } }));
    const first = client.query("sizes");
    Object.assign(first, { cbSecurityTrailer: 5 });
    expect(client.query("sizes")).toEqual({
      cbMaxToken: 256,
      cbMaxSignature: 16,
      cbBlockSize: 0,
      cbSecurityTrailer: 28,
    });
  });
});
