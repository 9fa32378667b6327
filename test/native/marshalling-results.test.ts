import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import {
  hostAbi,
  i32,
  type Parameter,
  type Pointee,
  pointer,
  pointerSize,
  u16,
  u32,
  usize,
} from "../../src/ctypes/index.ts";
import { widest } from "../widest.ts";
import { byValue, call, declared } from "./libc.ts";

function parameter(direction: Parameter["direction"], pointee: Pointee, name: string): Parameter {
  return { name, type: "void *", direction, pointsTo: () => pointee };
}

function copying(target: Pointee, source: Pointee, direction: "out" | "inout" | "in" = "out") {
  const parameters = [parameter(direction, target, "target"), parameter("in", source, "source")];
  return declared("memcpy", pointer, ...parameters, byValue("size", usize));
}

const filling = (direction: Parameter["direction"], pointee: Pointee) =>
  declared("memset", pointer, parameter(direction, pointee, "target"), byValue("byte", i32), byValue("size", usize));

const u32Value = fc.nat({ max: 0xffff_ffff });

describe("a pointer to a struct", () => {
  const buffers = fc.record({
    cbBuffer: u32Value,
    BufferType: u32Value,
    pvBuffer: fc.bigInt({ min: 0n, max: widest }),
  });

  it("takes an object that native code reads, and fills an object that native code writes", () => {
    fc.assert(
      fc.property(buffers, (source) => {
        const target = {};
        call(copying(SecBuffer, SecBuffer), target, source, SecBuffer.layouts[hostAbi].size);
        expect(target).toEqual(source);
      }),
    );
  });

  it("passes 0 for each field that the object lacks", () => {
    const target = { BufferType: 7 };
    call(copying(SecBuffer, SecBuffer), target, { cbBuffer: 5 }, SecBuffer.layouts[hostAbi].size);
    expect(target).toEqual({ cbBuffer: 5, BufferType: 0, pvBuffer: 0n });
  });

  it("passes the given fields first when native code both reads and writes", () => {
    const target = { LowPart: 0x1122_3344, HighPart: -1 };
    call(filling("inout", LUID), target, 0xff, 2);
    expect(target).toEqual({ LowPart: 0x1122_ffff, HighPart: -1 });
  });

  it("leaves an object unchanged that native code only reads", () => {
    const target = { LowPart: 1, HighPart: 2 };
    call(filling("in", LUID), target, 0xff, 8);
    expect(target).toEqual({ LowPart: 1, HighPart: 2 });
  });

  it("names function, parameter and field of a wrong value, and keeps the cause", () => {
    const wrong = (value: object): unknown => {
      try {
        call(copying(SecBuffer, SecBuffer), {}, value, 16);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(wrong({ cbBuffer: -1 })).toEqual(
      new TypeError("memcpy: source: SecBuffer.cbBuffer: expected an integer from 0 to 4294967295, got -1", {
        cause: new RangeError("SecBuffer.cbBuffer: expected an integer from 0 to 4294967295, got -1"),
      }),
    );
    expect(wrong({ size: 1 })).toMatchObject({
      message:
        "memcpy: source: SecBuffer: no field has this name of 4 characters; expected cbBuffer, BufferType, pvBuffer",
    });
  });

  it("refuses a value that is no object", () => {
    expect(() => call(copying(SecBuffer, SecBuffer), {}, true, 16)).toThrow(
      new TypeError("memcpy: source: expected an object (SecBuffer), bytes, an address, got boolean"),
    );
    expect(() => call(copying(SecBuffer, SecBuffer), [], {}, 16)).toThrow(
      new TypeError("memcpy: target: an array does not fit here"),
    );
  });
});

describe("a pointer to a scalar", () => {
  it("takes a one-element array that native code reads, and fills an array that native code writes", () => {
    fc.assert(
      fc.property(u32Value, (value) => {
        const target: unknown[] = [];
        call(copying(u32, u32), target, [value], 4);
        expect(target).toEqual([value]);
      }),
    );
  });

  it("passes the given element first when native code both reads and writes", () => {
    const target = [0x1122_3344];
    call(filling("inout", u32), target, 0xff, 2);
    expect(target).toEqual([0x1122_ffff]);
  });

  it("ignores the content of an array that native code only writes", () => {
    const target = ["anything"];
    call(filling("out", u16), target, 1, 1);
    expect(target).toEqual([1]);
  });

  it("leaves an array unchanged that native code only reads", () => {
    const target = [5];
    call(filling("in", u32), target, 0xff, 4);
    expect(target).toEqual([5]);
  });

  it("returns pointers as bigints", () => {
    const target: unknown[] = [];
    call(copying(pointer, pointer), target, [widest], pointerSize(hostAbi));
    expect(target).toEqual([widest]);
  });

  it("refuses a wrong or a missing element by its index", () => {
    const range = "expected an integer from 0 to 4294967295, got 4294967296";
    expect(() => call(copying(u32, u32), [], [2 ** 32], 4)).toThrow(new RangeError(`memcpy: source[0]: ${range}`));
    expect(() => call(copying(u32, u32), [], [], 4)).toThrow(
      new TypeError("memcpy: source[0]: expected a number, got undefined"),
    );
  });

  it("refuses an array of more than one element, because native code reads only one", () => {
    expect(() => call(copying(u32, u32), [], [1, 2], 8)).toThrow(
      new RangeError("memcpy: source: expected an array of one element, got 2"),
    );
  });

  it.each([
    ["in", "a value in an array"],
    ["out", "an array to fill"],
  ] as const)("names the expected form in its error: %s", (direction, form) => {
    expect(() => call(filling(direction, u32), {}, 0, 4)).toThrow(
      new TypeError(`memset: target: expected ${form}, bytes, an address, got object`),
    );
  });
});

it("marshalling fills no object when it refuses a later argument, because native code was not called", () => {
  const target = { LowPart: 1 };
  expect(() => call(filling("inout", LUID), target, "byte", 8)).toThrow(TypeError);
  expect(target).toEqual({ LowPart: 1 });
});
