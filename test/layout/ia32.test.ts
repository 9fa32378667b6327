import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecBuffer, SecBufferDesc, SecHandle, SecPkgInfoW } from "../../generated/sspi/structs.ts";
import type { FieldType } from "../../src/ctypes/index.ts";
import { everyStruct } from "./every-struct.ts";
import { offenders } from "./offenders.ts";

const abi = "win32-ia32";

/** Memory as a 32-bit process would lay it out. */
function words(...values: readonly number[]): DataView {
  return new DataView(Uint32Array.from(values).buffer);
}

describe("structs of a 32-bit process", () => {
  it("SecHandle is two words", () => {
    expect(SecHandle.read(words(0xffff_ffff, 2), 0, abi)).toEqual({ dwLower: 0xffff_ffffn, dwUpper: 2n });
  });

  it("SecBuffer has its pointer at byte 8", () => {
    expect(SecBuffer.read(words(5, 2, 0x8000_1000), 0, abi)).toEqual({
      cbBuffer: 5,
      BufferType: 2,
      pvBuffer: 0x8000_1000n,
    });
  });

  it("SecBufferDesc has its pointer at byte 8", () => {
    const view = words(0);
    expect(() => SecBufferDesc.read(view, 0, abi)).toThrow(RangeError);
    const read = SecBufferDesc.read(words(0, 3, 0x1234_5678), 0, abi);
    expect(read).toEqual({ ulVersion: 0, cBuffers: 3, pBuffers: 0x1234_5678n });
  });

  it("SecPkgInfoW has its strings at bytes 12 and 16", () => {
    const memory = words(0x0008_0bb3, 0x000a_0001, 2888, 0x1000_0000, 0x2000_0000);
    expect(SecPkgInfoW.read(memory, 0, abi)).toMatchObject({
      fCapabilities: 0x0008_0bb3,
      wVersion: 1,
      wRPCID: 10,
      cbMaxToken: 2888,
      Name: 0x1000_0000n,
      Comment: 0x2000_0000n,
    });
  });
});

/** A single field, at an offset of the layout. */
function fieldAt(type: FieldType, view: DataView, at: number): unknown {
  return "struct" in type ? type.read(view, at, abi, 1) : type.get(view, at, abi);
}

it("any memory is read field by field at the ia32 offsets", { timeout: 50_000 }, () => {
  const wrong = offenders(everyStruct, (struct) => {
    const { size, offsets } = struct.layouts[abi];
    const at = (name: string): number => 8 + ((offsets as Record<string, number>)[name] as number);
    const fields = Object.entries(struct.fields()) as [string, FieldType][];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: size + 8, maxLength: size + 8 }), (memory) => {
        const view = new DataView(memory.buffer);
        const read = struct.read(view, 8, abi, 1) as object;
        const alone = fields.map(([name, type]) => [name, fieldAt(type, view, at(name))]);
        return isDeepStrictEqual(Object.entries(read), alone);
      }),
      { numRuns: 25 },
    );
  });
  expect(wrong).toEqual([]);
});
