import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abis, bool8, bool32 } from "../../src/ctypes/index.ts";
import { patterned } from "./untouched-memory.ts";

describe.each([
  { scalar: bool8, bytes: 1 },
  { scalar: bool32, bytes: 4 },
])("$scalar.scalar", ({ scalar, bytes }) => {
  it("has one width on every ABI", () => {
    expect(abis.map((abi) => scalar.size(abi))).toEqual(abis.map(() => bytes));
  });

  it.each([true, false])("writes %s as one integer and reads it back", (value) => {
    const { view } = patterned();
    const expected = new Uint8Array(view.buffer.slice(0));
    expected.fill(0, 4, 4 + bytes);
    expected[4] = value ? 1 : 0;
    scalar.set(view, 4, value, "fDelete");
    expect(new Uint8Array(view.buffer)).toEqual(expected);
    expect(scalar.get(view, 4)).toBe(value);
    expect(scalar.check(value, "fDelete")).toBe(value ? 1 : 0);
  });

  it("reads whatever is not zero as true, as C does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: bytes, maxLength: bytes }), (memory) => {
        const isTrue = memory.some((byte) => byte !== 0);
        expect(scalar.get(new DataView(memory.buffer), 0)).toBe(isTrue);
      }),
      { examples: [[new Uint8Array(bytes)], [new Uint8Array(bytes).fill(0x80, bytes - 1)]] },
    );
  });

  it.each([0, 1, "true", undefined, null, 1n])("refuses %o, and writes nothing", (value) => {
    const { view, expectUntouched } = patterned();
    expect(() => scalar.set(view, 0, value as never, "fDelete")).toThrow(/^fDelete: expected a boolean, got /);
    expect(() => scalar.check(value, "fDelete")).toThrow(TypeError);
    expectUntouched();
  });
});
