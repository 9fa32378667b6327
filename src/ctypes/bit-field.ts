import type { Scalar } from "./scalar.ts";

/** Some bits of an unsigned storage unit, as a number; writing it keeps the other bits of the unit. */
export interface BitField extends Scalar<number> {
  readonly shift: number;
  readonly width: number;
}

/** Declares a field of some bits of a unit, from bit `shift` on. */
export function bits(unit: Scalar<number>, shift: number, width: number): BitField {
  const span = 2 ** width;
  const check = (value: unknown, what: string): number => {
    if (typeof value !== "number") throw new TypeError(`${what}: expected a number, got ${typeof value}`);
    if (!Number.isInteger(value) || value < 0 || value >= span)
      throw new RangeError(`${what}: expected an integer from 0 to ${span - 1}, got ${value}`);
    return value;
  };
  return {
    scalar: unit.scalar,
    shift,
    width,
    size: (abi) => unit.size(abi),
    check,
    get: (view, at, abi) => Math.floor(unit.get(view, at, abi) / 2 ** shift) % span,
    set(view, at, value, what, abi) {
      const wanted = check(value, what);
      const before = unit.get(view, at, abi);
      const old = Math.floor(before / 2 ** shift) % span;
      unit.set(view, at, before + (wanted - old) * 2 ** shift, what, abi);
    },
  };
}
