import fc, { type Arbitrary } from "fast-check";
import type { Abi, BitField, FieldType, FixedArray, Scalar, Struct } from "../../src/ctypes/index.ts";

/**
 * Values that the fields of a struct can hold on an ABI, built from its declaration alone. Of fields that share their
 * memory only the first gets a value.
 */
export function structValues(struct: Struct, abi: Abi): Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(struct.fields()) as [string, FieldType][];
  const offsets = struct.layouts[abi].offsets as Readonly<Record<string, number>>;
  let end = 0;
  const apart = fields.filter(([name, type]) => {
    const offset = offsets[name] as number;
    if (offset < end) return false;
    end = offset + sizeOf(type, abi);
    return true;
  });
  return fc.record(Object.fromEntries(apart.map(([name, type]) => [name, fieldValues(type, abi)])));
}

function sizeOf(type: FieldType, abi: Abi): number {
  if ("array" in type) return sizeOf(type.array, abi) * type.count;
  return "struct" in type ? type.layouts[abi].size : type.size(abi);
}

function fieldValues(type: FieldType, abi: Abi): Arbitrary<unknown> {
  if ("array" in type) return arrayValues(type, abi);
  return "struct" in type ? structValues(type, abi) : scalarValues(type, abi);
}

function arrayValues(type: FixedArray, abi: Abi): Arbitrary<unknown> {
  const { array, count } = type;
  const empty = readEmpty(type, abi);
  if (empty instanceof Uint8Array) return fc.uint8Array({ minLength: count, maxLength: count });
  if (typeof empty === "string")
    return fc
      .array(fc.integer({ min: 1, max: 0xffff }), { maxLength: count })
      .map((units) => String.fromCharCode(...units));
  return fc.array(fieldValues(array, abi), { minLength: count, maxLength: count });
}

/** The array's form in JavaScript: bytes, text or an array. */
function readEmpty(type: FixedArray, abi: Abi): unknown {
  return type.get(new DataView(new ArrayBuffer(sizeOf(type, abi))), 0, abi);
}

function scalarValues(type: Scalar | BitField, abi: Abi): Arbitrary<unknown> {
  const { scalar } = type;
  const bits = "width" in type ? type.width : type.size(abi) * 8;
  if (scalar === "bool8" || scalar === "bool32") return fc.boolean();
  const signed = scalar.startsWith("i");
  const span = 1n << BigInt(bits);
  const range = signed ? { min: -span / 2n, max: span / 2n - 1n } : { min: 0n, max: span - 1n };
  const wide = ["u64", "i64", "usize", "isize", "pointer"].includes(scalar);
  return wide ? fc.bigInt(range) : fc.bigInt(range).map(Number);
}
