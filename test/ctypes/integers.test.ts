import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abis, i8, i16, i32, type Scalar, u8, u16, u32 } from "../../src/ctypes/index.ts";
import { notNumbers } from "./not-numbers.ts";
import { patterned } from "./untouched-memory.ts";

interface Case {
  readonly scalar: Scalar<number>;
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
}

const cases: readonly Case[] = [
  { scalar: u8, bytes: 1, min: 0, max: 255 },
  { scalar: i8, bytes: 1, min: -128, max: 127 },
  { scalar: u16, bytes: 2, min: 0, max: 65_535 },
  { scalar: i16, bytes: 2, min: -32_768, max: 32_767 },
  { scalar: u32, bytes: 4, min: 0, max: 4_294_967_295 },
  { scalar: i32, bytes: 4, min: -2_147_483_648, max: 2_147_483_647 },
];

describe.each(cases)("$scalar.scalar", ({ scalar, bytes, min, max }) => {
  it("reads back every value in its range, on every ABI and at unaligned offsets", () => {
    fc.assert(
      fc.property(fc.integer({ min, max }), fc.constantFrom(...abis), fc.nat(20), (value, abi, at) => {
        const { view } = patterned();
        scalar.set(view, at, value, "field", abi);
        expect(scalar.get(view, at, abi)).toBe(value);
        expect(scalar.check(value, "field", abi)).toBe(value);
      }),
      { examples: [min, max, 0].map((value) => [value, "win32-ia32" as const, 1] as [number, "win32-ia32", number]) },
    );
  });

  it("is little-endian and touches no byte but its own", () => {
    fc.assert(
      fc.property(fc.integer({ min, max }), (value) => {
        const { view } = patterned();
        const expected = new Uint8Array(view.buffer.slice(0));
        for (let index = 0; index < bytes; index += 1)
          expected[4 + index] = Number((BigInt(value) >> BigInt(8 * index)) & 0xffn);
        scalar.set(view, 4, value, "field");
        expect(new Uint8Array(view.buffer)).toEqual(expected);
      }),
    );
  });

  it("is as wide on every ABI", () => {
    expect(abis.map((abi) => scalar.size(abi))).toEqual(abis.map(() => bytes));
    expect(scalar.size()).toBe(bytes);
  });

  it("refuses values out of range, names the argument, and writes nothing", () => {
    const outside = fc.oneof(
      fc.integer({ min: max + 1, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: Number.MIN_SAFE_INTEGER, max: min - 1 }),
      fc.double({ noInteger: true }),
    );
    const refused = (value: number): void => {
      const { view, expectUntouched } = patterned();
      const message = `SecBuffer.cbBuffer: expected an integer from ${min} to ${max}, got ${value}`;
      expect(() => scalar.set(view, 0, value, "SecBuffer.cbBuffer")).toThrow(new RangeError(message));
      expect(() => scalar.check(value, "SecBuffer.cbBuffer")).toThrow(new RangeError(message));
      expectUntouched();
    };
    fc.assert(fc.property(outside, refused));
    for (const value of [max + 1, min - 1, 2 ** 32, 2 ** 64, Number.NaN, Infinity, -Infinity, 0.5]) refused(value);
  });

  it.each(notNumbers)("refuses %o, which is no number", (value) => {
    const { view, expectUntouched } = patterned();
    expect(() => scalar.set(view, 0, value as number, "size")).toThrow(TypeError);
    expect(() => scalar.check(value, "size")).toThrow(/^size: expected a number, got /);
    expectUntouched();
  });

  it("refuses a bigint, shown with its value", () => {
    expect(() => scalar.check(1n, "size")).toThrow(new TypeError("size: expected a number, got 1"));
  });
});
