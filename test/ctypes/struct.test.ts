import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { hostAbi, layouts } from "../../src/ctypes/index.ts";
import { patterned } from "./untouched-memory.ts";

describe("layouts", () => {
  it("gives every ABI of a group the group's layout", () => {
    const wide = { size: 16, align: 8, offsets: { a: 0 } };
    const narrow = { size: 8, align: 4, offsets: { a: 0 } };
    const all = layouts([["win32-x64", "win32-arm64", "posix-64"], wide], [["win32-ia32"], narrow]);
    const posix = { "posix-64": wide, "darwin-x64": wide };
    expect(all).toEqual({ "win32-x64": wide, "win32-arm64": wide, "win32-ia32": narrow, ...posix });
  });

  it("gives Apple's x86-64 its own layout where there is one", () => {
    const natural = { size: 16, align: 8, offsets: { a: 8 } };
    const packed = { size: 12, align: 2, offsets: { a: 4 } };
    const all = layouts([["win32-x64", "win32-arm64", "win32-ia32", "posix-64"], natural], [["darwin-x64"], packed]);
    expect(all["posix-64"]).toBe(natural);
    expect(all["darwin-x64"]).toBe(packed);
  });
});

describe("writing a struct", () => {
  it.each(["cbbuffer", "toString", "constructor", "__proto__x"])("refuses the unknown field %s", (name) => {
    const { view, expectUntouched } = patterned();
    const value = { cbBuffer: 1, [name]: 2 };
    expect(() => SecBuffer.write(view, value)).toThrow(
      new TypeError(
        `SecBuffer: no field has this name of ${name.length} characters; expected cbBuffer, BufferType, pvBuffer`,
      ),
    );
    expectUntouched();
  });

  it("refuses memory that ends before the struct does, and an offset before the memory's beginning", () => {
    const { size } = SecBuffer.layouts[hostAbi];
    const { view, expectUntouched } = patterned(20);
    expect(() => SecBuffer.write(view, {}, 21 - size)).toThrow(
      new RangeError(`SecBuffer: expected ${size} bytes at ${21 - size}, got a view of 20`),
    );
    expect(() => SecBuffer.write(view, {}, -1)).toThrow(RangeError);
    expectUntouched();
  });

  it("fits in memory that ends where the struct does", () => {
    const { view } = patterned(20);
    SecBuffer.write(view, { cbBuffer: 7 }, 4);
    expect(SecBuffer.read(view, 4)).toEqual({ cbBuffer: 7, BufferType: 0, pvBuffer: 0n });
    expect(view.getUint32(0)).toBe(0xa0a1a2a3);
  });

  it("writes nothing when one field of several is wrong, and names it", () => {
    const { view, expectUntouched } = patterned();
    expect(() => LUID.write(view, { LowPart: 1, HighPart: 2 ** 31 })).toThrow(
      new RangeError("LUID.HighPart: expected an integer from -2147483648 to 2147483647, got 2147483648"),
    );
    expectUntouched();
  });

  it("respects the beginning of a view inside a larger buffer", () => {
    const buffer = new ArrayBuffer(32);
    SecBuffer.write(new DataView(buffer, 8), { cbBuffer: 0x11223344 });
    expect(new DataView(buffer).getUint32(8, true)).toBe(0x11223344);
  });
});
