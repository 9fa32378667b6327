import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Abi, abis, hostAbi, i64, isize, pointer, type Scalar, u64, usize } from "../../src/ctypes/index.ts";
import { notNumbers } from "./not-numbers.ts";
import { patterned } from "./untouched-memory.ts";

interface Case {
  readonly scalar: Scalar<bigint>;
  readonly signed: boolean;
  readonly follows: "the pointer" | "nothing";
}

const cases: readonly Case[] = [
  { scalar: u64, signed: false, follows: "nothing" },
  { scalar: i64, signed: true, follows: "nothing" },
  { scalar: usize, signed: false, follows: "the pointer" },
  { scalar: isize, signed: true, follows: "the pointer" },
  { scalar: pointer, signed: false, follows: "the pointer" },
];

describe.each(cases)("$scalar.scalar", ({ scalar, signed, follows }) => {
  const bits = (abi: Abi): number => (follows === "the pointer" && abi === "win32-ia32" ? 32 : 64);
  const range = (abi: Abi): { readonly min: bigint; readonly max: bigint } => {
    const span = 1n << BigInt(bits(abi));
    return signed ? { min: -span / 2n, max: span / 2n - 1n } : { min: 0n, max: span - 1n };
  };
  const inRange = fc.constantFrom(...abis).chain((abi) => fc.tuple(fc.constant(abi), fc.bigInt(range(abi))));

  it("is as wide as the ABI says, and as the host's where none is named", () => {
    expect(abis.map((abi) => scalar.size(abi) * 8)).toEqual(abis.map(bits));
    expect(scalar.size()).toBe(scalar.size(hostAbi));
  });

  it("reads back every value in its range, on every ABI, and touches no byte but its own", () => {
    fc.assert(
      fc.property(inRange, fc.nat(15), ([abi, value], at) => {
        const { view } = patterned();
        const expected = new Uint8Array(view.buffer.slice(0));
        for (let index = 0; index < bits(abi) / 8; index += 1)
          expected[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
        scalar.set(view, at, value, "field", abi);
        expect(scalar.get(view, at, abi)).toBe(value);
        expect(new Uint8Array(view.buffer)).toEqual(expected);
      }),
    );
  });

  it.each(abis)("reads back both ends of its range on %s", (abi) => {
    const { min, max } = range(abi);
    for (const value of [min, max]) {
      const { view } = patterned();
      scalar.set(view, 8, value, "field", abi);
      expect(scalar.get(view, 8, abi)).toBe(value);
    }
  });

  it("takes safe integers as numbers", () => {
    const min = signed ? -0x8000_0000 : 0;
    fc.assert(
      fc.property(fc.integer({ min, max: 0x7fff_ffff }), fc.constantFrom(...abis), (value, abi) => {
        expect(scalar.check(value, "field", abi)).toBe(BigInt(value));
      }),
    );
  });

  it("refuses values out of range, names the argument, and writes nothing", () => {
    const outside = fc.constantFrom(...abis).chain((abi) => {
      const { min, max } = range(abi);
      const values = fc.oneof(
        fc.bigInt({ min: max + 1n, max: max << 8n }),
        fc.bigInt({ min: -1n << 70n, max: min - 1n }),
      );
      return fc.tuple(fc.constant(abi), values);
    });
    const kind = signed ? "a signed" : "an unsigned";
    fc.assert(
      fc.property(outside, ([abi, value]) => {
        const { view, expectUntouched } = patterned();
        const error = new RangeError(`handle: expected ${kind} ${bits(abi)}-bit value, got ${value}`);
        expect(() => scalar.set(view, 0, value, "handle", abi)).toThrow(error);
        expect(() => scalar.check(value, "handle", abi)).toThrow(error);
        expectUntouched();
      }),
    );
  });

  it.each(abis)("refuses the first value beyond each end on %s", (abi) => {
    const { min, max } = range(abi);
    expect(() => scalar.check(max + 1n, "handle", abi)).toThrow(RangeError);
    expect(() => scalar.check(min - 1n, "handle", abi)).toThrow(RangeError);
  });

  it.each([Number.NaN, 0.5, 2 ** 53, 2 ** 64, -(2 ** 64), Number.POSITIVE_INFINITY])(
    "refuses the number %d, which is no exact integer",
    (value) => {
      const { view, expectUntouched } = patterned();
      const message = `handle: expected an integer no larger than 2^53 - 1 (or a bigint), got ${value}`;
      expect(() => scalar.set(view, 0, value as never, "handle")).toThrow(new RangeError(message));
      expectUntouched();
    },
  );

  it.each(notNumbers)("refuses %o, which is no number", (value) => {
    const { view, expectUntouched } = patterned();
    expect(() => scalar.set(view, 0, value as bigint, "handle")).toThrow(TypeError);
    expect(() => scalar.check(value, "handle")).toThrow(/^handle: expected a bigint or an integer, got /);
    expectUntouched();
  });
});
