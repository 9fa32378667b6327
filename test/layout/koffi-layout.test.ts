import koffi, { type TypeObject } from "koffi";
import { describe, expect, it } from "vitest";
import {
  abis,
  bits,
  type FieldType,
  hostAbi,
  i64,
  type Layout,
  layouts,
  type Struct,
  u8,
  u32,
} from "../../src/ctypes/index.ts";
import { koffiType } from "../../src/native/koffi-types.ts";
import { everyStruct } from "./every-struct.ts";
import { offenders } from "./offenders.ts";

/** The layout that koffi computes for a type, from its own copy of the ABI's rules. */
function koffiLayout(
  struct: Struct,
  type: TypeObject,
): { readonly size: number; readonly align: number; readonly offsets: object } {
  const names = Object.keys(struct.fields());
  const offsets = Object.fromEntries(
    names.map((name) => [name, struct.kind === "union" ? 0 : koffi.offsetof(type, name)]),
  );
  return { size: koffi.sizeof(type), align: koffi.alignof(type), offsets };
}

/** A struct as 32-bit Windows sees it: a field as wide as a pointer has four bytes. */
function ia32Type(field: FieldType): TypeObject | string {
  if ("array" in field) return koffi.array(ia32Type(field.array) as TypeObject, field.count);
  if (!("struct" in field)) return `${field.scalar.startsWith("i") ? "" : "u"}int${field.size("win32-ia32") * 8}_t`;
  const members = Object.fromEntries(
    Object.entries(field.fields()).map(([name, type]) => {
      const member = ia32Type(type);
      return [name, field.pack ? [Math.min(field.pack, koffi.alignof(member)), member] : member];
    }),
  ) as Record<string, TypeObject>;
  return field.kind === "union" ? koffi.union(members) : koffi.struct(members);
}

const distinct = ({ layouts }: Struct): boolean => {
  const places = Object.values<number>(layouts[hostAbi].offsets);
  return new Set(places).size === places.length;
};
/** koffi has no members without a name and no bit-fields: such structs are checked against the headers alone. */
const describable = everyStruct.filter((struct) => struct.kind === "union" || distinct(struct));

it("there are structs to compare, of more than one header, and hardly any is left out", () => {
  expect(describable.length).toBeGreaterThan(40);
  expect(describable.length).toBeGreaterThan(everyStruct.length * 0.9);
  expect(new Set(describable.map(({ header }) => header)).size).toBeGreaterThan(2);
});

it("koffi lays every struct out as the model does, on this ABI and on ia32", () => {
  const wrong = offenders(describable, (struct) => {
    expect(koffiLayout(struct, koffiType(struct))).toEqual(struct.layouts[hostAbi]);
    expect(koffiLayout(struct, ia32Type(struct) as TypeObject)).toEqual(struct.layouts["win32-ia32"]);
  });
  expect(wrong).toEqual([]);
});

/** A struct that only this test has, the same on every ABI. */
function madeOf(fields: Record<string, FieldType>, layout: Layout, pack?: number): Struct {
  const [any] = everyStruct as [Struct];
  const same = layouts([abis, layout]);
  return {
    ...any,
    name: "MADE",
    kind: "struct",
    fields: () => fields,
    layouts: same,
    ...(pack ? { pack } : {}),
  } as Struct;
}

describe("the koffi type of a struct", () => {
  it("is built once, and again only for another struct", () => {
    const [first, second] = everyStruct as [Struct, Struct];
    expect(koffiType(first)).toBe(koffiType(first));
    expect(koffiType(first)).not.toBe(koffiType(second));
  });

  it("respects the packing that a header sets", () => {
    const packed = madeOf({ Byte: u8, Time: i64 }, { size: 9, align: 1, offsets: { Byte: 0, Time: 1 } }, 1);
    expect(koffi.sizeof(koffiType(packed))).toBe(9);
    expect(koffi.offsetof(koffiType(packed), "Time")).toBe(1);
  });

  it.each([
    {
      what: "bit-fields",
      fields: { Low: bits(u32, 0, 3), High: bits(u32, 3, 29) },
      offsets: { Low: 0, High: 0 },
      size: 4,
    },
    {
      what: "members without a name",
      fields: { Whole: i64, Half: u32, Rest: u32 },
      offsets: { Whole: 0, Half: 0, Rest: 4 },
      size: 8,
    },
  ])("is refused for $what, which koffi would place one after the other", ({ fields, offsets, size }) => {
    expect(() => koffiType(madeOf(fields, { size, align: 4, offsets }))).toThrow(
      new TypeError("MADE: koffi has no type for fields that share memory; use its read() and write()"),
    );
  });
});
