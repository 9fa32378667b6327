import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { abis, arrayOf, bytes, pointer, u16, wideText } from "../../src/ctypes/index.ts";
import { anyCharacter } from "../any-character.ts";
import { patterned } from "./untouched-memory.ts";

describe("bytes", () => {
  it("come back as a copy that later writes do not change", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (value) => {
        const { view } = patterned();
        bytes(5).set(view, 3, value, "Data");
        const read = bytes(5).get(view, 3);
        expect(read).toEqual(value);
        view.setUint8(3, read[0] === 1 ? 2 : 1);
        expect(read).toEqual(value);
      }),
    );
  });

  it("leave the rest of the field unchanged where the value is shorter", () => {
    const { view } = patterned();
    bytes(4).set(view, 0, Uint8Array.of(1, 2), "Data");
    expect(bytes(4).get(view, 0)).toEqual(Uint8Array.of(1, 2, 0xa2, 0xa3));
  });

  it("refuse a value that is longer than the field, or not bytes, and write nothing", () => {
    const { view, expectUntouched } = patterned();
    const long = new RangeError("Data: expected at most 4 elements, got 5");
    expect(() => bytes(4).set(view, 0, new Uint8Array(5), "Data")).toThrow(long);
    const wrong = new TypeError("Data: expected a Uint8Array, got string");
    expect(() => bytes(4).set(view, 0, "abcd" as never, "Data")).toThrow(wrong);
    expectUntouched();
  });

  it("D3 refuse a value that is longer than the field, whatever its class says", () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 1;
      }
    }
    const { view, expectUntouched } = patterned();
    const long = new RangeError("Data: expected at most 4 elements, got 5");
    expect(() => bytes(4).set(view, 0, new Short(5), "Data")).toThrow(long);
    expectUntouched();
  });

  it("refuse to be read beyond the memory", () => {
    expect(() => bytes(8).get(new DataView(new ArrayBuffer(16), 4, 10), 4)).toThrow(
      new RangeError("expected 8 bytes at 4 of 10"),
    );
  });
});

describe("wide text", () => {
  it("reads back any text without NUL, also when it fills the field", () => {
    const text = fc
      .string({ unit: anyCharacter, maxLength: 8 })
      .filter((one) => one.length <= 8 && !one.includes("\0"));
    fc.assert(
      fc.property(text, (value) => {
        const view = new DataView(new ArrayBuffer(18));
        wideText(8).set(view, 1, value, "Name");
        expect(wideText(8).get(view, 1)).toBe(value);
      }),
      { examples: [["\ud800"], ["12345678"], [""]] },
    );
  });

  it("refuses text that is longer than the field, or not a string", () => {
    const { view, expectUntouched } = patterned();
    expect(() => wideText(3).set(view, 0, "four", "Name")).toThrow(
      new RangeError("Name: expected at most 3 elements, got 4"),
    );
    expect(() => wideText(3).set(view, 0, 4 as never, "Name")).toThrow(
      new TypeError("Name: expected a string, got number"),
    );
    expectUntouched();
  });
});

describe("arrays of scalars and structs", () => {
  it("read back their elements on every ABI", () => {
    const buffer = fc.record({
      cbBuffer: fc.nat(),
      BufferType: fc.nat(),
      pvBuffer: fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
    });
    const value = fc.array(buffer, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(value, fc.constantFrom(...abis), (buffers, abi) => {
        const view = new DataView(new ArrayBuffer(64));
        arrayOf(SecBuffer, 3).set(view, 8, buffers, "pBuffers", abi);
        expect(arrayOf(SecBuffer, 3).get(view, 8, abi)).toEqual(buffers);
        const last = buffers[2]?.pvBuffer;
        const { size, offsets } = SecBuffer.layouts[abi];
        expect(pointer.get(view, 8 + 2 * size + offsets.pvBuffer, abi)).toBe(last);
      }),
    );
  });

  it("place elements as far apart as the ABI's element is wide", () => {
    const view = new DataView(new ArrayBuffer(32));
    arrayOf(pointer, 2).set(view, 0, [1n, 2n], "Next", "win32-ia32");
    expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([1, 2]);
    arrayOf(pointer, 2).set(view, 0, [3n, 4n], "Next", "win32-x64");
    expect([view.getBigUint64(0, true), view.getBigUint64(8, true)]).toEqual([3n, 4n]);
  });

  it("name the element that is wrong", () => {
    const { view } = patterned();
    expect(() => arrayOf(u16, 3).set(view, 0, [1, 2, 65_536], "Numbers")).toThrow(
      new RangeError("Numbers[2]: expected an integer from 0 to 65535, got 65536"),
    );
  });

  it("refuse too many elements, and values that are not arrays", () => {
    const { view, expectUntouched } = patterned();
    expect(() => arrayOf(u16, 1).set(view, 0, [1, 2], "Numbers")).toThrow(
      "Numbers: expected at most 1 elements, got 2",
    );
    expect(() => arrayOf(u16, 1).set(view, 0, 1 as never, "Numbers")).toThrow("Numbers: expected an array, got number");
    expectUntouched();
  });

  it("have elements that are scalars or structs", () => {
    for (const [element, shown] of [
      [undefined, "undefined"],
      [null, "null"],
      ["u16", "string"],
      [{}, "object"],
    ] as const)
      expect(() => arrayOf(element as never, 2)).toThrow(
        new TypeError(`element: expected a scalar or a struct, got ${shown}`),
      );
  });
});
