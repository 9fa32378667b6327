import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagBits, flagNames, shapeOf } from "../../src/values/index.ts";

const group = { delegate: 1, mutualAuth: 2, identify: 0x2_0000, high: 0x8000_0000, both: 3 } as const;
type Name = keyof typeof group;
const names = Object.keys(group) as Name[];

describe("flagBits", () => {
  it("combines the bits of the names, in any order, to an unsigned number", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names)), (chosen) => {
        const expected = chosen.reduce((bits, name) => bits | BigInt(group[name]), 0n);
        expect(flagBits(group, chosen, "flags")).toBe(Number(expected));
      }),
      { examples: [[["high"]], [[]]] },
    );
  });

  it.each(["toString", "", 1, null, undefined])("refuses the name %o and lists the allowed names", (name) => {
    expect(() => flagBits(group, ["delegate", name as Name], "require")).toThrow(RangeError);
    expect(() => flagBits(group, [name as Name], "require")).toThrow(
      /^require: expected one of delegate, mutualAuth, identify, high, both; got /,
    );
  });

  it.each(["delegate", { 0: "delegate" }, 1, null, undefined])("refuses %o, which is no array", (value) => {
    expect(() => flagBits(group, value as never, "require")).toThrow(
      new TypeError(`require: expected an array of flag names, got ${shapeOf(value)}`),
    );
  });
});

describe("flagNames", () => {
  it("names exactly the flags whose bits are all set", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (bits) => {
        const expected = names.filter((name) => (BigInt(bits) & BigInt(group[name])) === BigInt(group[name]));
        expect(flagNames(group, bits)).toEqual(expected);
      }),
      { examples: [[0], [0x8000_0000], [1], [3], [0xffff_ffff]] },
    );
  });

  it("reverses flagBits", () => {
    const single = fc.subarray(["delegate", "identify", "high"] as const);
    fc.assert(
      fc.property(single, (chosen) => {
        expect(flagNames(group, flagBits(group, chosen, "flags"))).toEqual(chosen);
      }),
    );
  });

  it("leaves out a name whose value is 0", () => {
    expect(flagNames({ none: 0, one: 1 }, 1)).toEqual(["one"]);
  });

  it("does not name what somebody has added to all objects", () => {
    Object.defineProperty(Object.prototype, "added", { value: 1, enumerable: true, configurable: true });
    const found = flagNames(group, 1);
    Reflect.deleteProperty(Object.prototype, "added");
    expect(found).toEqual(["delegate"]);
  });
});
