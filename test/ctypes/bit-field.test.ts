import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bits, type Scalar, u8, u16, u32 } from "../../src/ctypes/index.ts";
import { patterned } from "./untouched-memory.ts";

const units: readonly Scalar<number>[] = [u8, u16, u32];

/** A unit, a run of its bits, a value for the run, and what the unit holds before. */
const runs = fc.constantFrom(...units).chain((unit) => {
  const wide = unit.size() * 8;
  return fc.integer({ min: 0, max: wide - 1 }).chain((shift) =>
    fc.integer({ min: 1, max: wide - shift }).chain((width) =>
      fc.record({
        unit: fc.constant(unit),
        shift: fc.constant(shift),
        width: fc.constant(width),
        value: fc.integer({ min: 0, max: 2 ** width - 1 }),
        before: fc.integer({ min: 0, max: 2 ** wide - 1 }),
      }),
    ),
  );
});

describe("a bit-field", () => {
  it("changes its own bits and keeps the others of its unit", () => {
    fc.assert(
      fc.property(runs, ({ unit, shift, width, value, before }) => {
        const { view } = patterned();
        unit.set(view, 4, before, "unit");
        const field = bits(unit, shift, width);
        field.set(view, 4, value, "bits");
        const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
        const expected = (BigInt(before) & ~mask) | (BigInt(value) << BigInt(shift));
        expect(BigInt(unit.get(view, 4))).toBe(expected);
        expect(field.get(view, 4)).toBe(value);
      }),
    );
  });

  it("is as large as its unit", () => {
    expect(units.map((unit) => bits(unit, 0, 1).size())).toEqual([1, 2, 4]);
  });

  it("refuses values that its bits cannot hold, and writes nothing", () => {
    fc.assert(
      fc.property(
        runs,
        fc.oneof(fc.constant(-1), fc.constant(Number.NaN), fc.constant(0.5), fc.constant("over")),
        (run, bad) => {
          const { view, expectUntouched } = patterned();
          const { unit, shift, width } = run;
          const given = bad === "over" ? 2 ** width : (bad as number);
          const message = `Flags.Low: expected an integer from 0 to ${2 ** width - 1}, got ${given}`;
          expect(() => bits(unit, shift, width).set(view, 0, given, "Flags.Low")).toThrow(new RangeError(message));
          expectUntouched();
        },
      ),
    );
  });

  it("refuses values that are not numbers", () => {
    const field = bits(u32, 3, 4);
    expect(() => field.check("1", "Flags.Low")).toThrow(new TypeError("Flags.Low: expected a number, got string"));
    expect(() => field.check(1n, "Flags.Low")).toThrow(new TypeError("Flags.Low: expected a number, got bigint"));
  });
});
