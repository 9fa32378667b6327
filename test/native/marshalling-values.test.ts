import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import {
  bool8,
  bool32,
  hostAbi,
  i32,
  nothing,
  pointer,
  pointerSize,
  u8,
  u32,
  u64,
  usize,
} from "../../src/ctypes/index.ts";
import { widest } from "../widest.ts";
import { byValue, call, declared } from "./libc.ts";

const abs = declared("abs", i32, byValue("number", i32));
/** Returns its first argument; copies nothing, because the size is 0. */
const echo = declared("memcpy", pointer, byValue("hToken", usize), byValue("source", usize), byValue("size", usize));

const bits = 8 * pointerSize(hostAbi);

describe("argument values", () => {
  it("are passed unchanged when they are in range", () => {
    fc.assert(
      fc.property(fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }), (value) => {
        expect(call(abs, value)).toBe(Math.abs(value));
      }),
    );
  });

  it("of a pointer's width are passed without loss and return as bigints", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: widest }), (value) => {
        expect(call(echo, value, 0, 0)).toBe(value);
      }),
    );
    expect(call(echo, 7, 0, 0)).toBe(7n);
  });

  it.each([
    [2 ** 31, new RangeError("abs: number: expected an integer from -2147483648 to 2147483647, got 2147483648")],
    [Number.NaN, new RangeError("abs: number: expected an integer from -2147483648 to 2147483647, got NaN")],
    [1.9, new RangeError("abs: number: expected an integer from -2147483648 to 2147483647, got 1.9")],
    ["1", new TypeError("abs: number: expected a number, got string")],
    [1n, new TypeError("abs: number: expected a number, got 1")],
    [null, new TypeError("abs: number: expected a number, got null")],
    [undefined, new TypeError("abs: number: expected a number, got undefined")],
  ])("are refused when they are %o, with function and parameter named", (value, error) => {
    expect(() => call(abs, value)).toThrow(error);
  });

  it.each([
    [-1, `an unsigned ${bits}-bit value, got -1`],
    [widest + 1n, `an unsigned ${bits}-bit value, got ${widest + 1n}`],
    [2 ** 64, "an integer no larger than 2^53 - 1 (or a bigint), got 18446744073709552000"],
  ])("of a pointer's width are refused when they are %o", (value, expected) => {
    expect(() => call(echo, value, 0, 0)).toThrow(new RangeError(`memcpy: hToken: expected ${expected}`));
  });

  it("that are structs are refused, because passing a struct by value is not supported yet", () => {
    const luid = { name: "luid", type: "LUID", direction: "in", struct: () => LUID } as const;
    expect(() => call(declared("abs", i32, luid), { LowPart: 1, HighPart: 0 })).toThrow(
      new TypeError("abs: luid: a struct by value cannot be passed yet"),
    );
  });
});

describe("the number of arguments", () => {
  it.each([
    [[], 0],
    [[1, 2], 2],
  ])("must equal the number of parameters: %j", (args, given) => {
    expect(() => call(abs, ...args)).toThrow(new TypeError(`abs: expected 1 arguments (number), got ${given}`));
  });

  it("is refused with the parameters' names", () => {
    expect(() => call(echo)).toThrow(new TypeError("memcpy: expected 3 arguments (hToken, source, size), got 0"));
  });
});

describe("the result of a native function", () => {
  it("is unsigned for a status", () => {
    expect(call(declared("abs", u32, byValue("number", i32)), -0x8000_0000)).toBe(0x8000_0000);
  });

  it.each([
    { returns: bool32, given: 0, truth: false },
    { returns: bool32, given: -2, truth: true },
    { returns: bool8, given: 0, truth: false },
    { returns: bool8, given: 255, truth: true },
  ])("is a boolean for $returns.scalar: $given is $truth", ({ returns, given, truth }) => {
    expect(call(declared("abs", returns, byValue("number", i32)), given)).toBe(truth);
  });

  it("is a bigint for a 64-bit type, even when small, and a number for a narrower type", () => {
    expect(call(declared("abs", u64, byValue("number", i32)), 5)).toSatisfy(
      (value: unknown) => typeof value === "bigint",
    );
    expect(call(declared("abs", u8, byValue("number", i32)), 5)).toBe(5);
  });

  it("is undefined for void", () => {
    expect(call(declared("srand", nothing, byValue("seed", u32)), 1)).toBeUndefined();
  });
});
