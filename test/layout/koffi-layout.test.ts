import koffi, { type TypeObject } from "koffi";
import { describe, expect, it } from "vitest";
import { type Abi, type FieldType, hostAbi, i64, pointerSize, type Struct, u8 } from "../../src/ctypes/index.ts";
import { koffiType } from "../../src/native/koffi-types.ts";
import { everyStruct } from "./every-struct.ts";

/** A struct's members as koffi has them: the first bit-field of a storage unit stands for the unit. */
function members(struct: Struct): [string, FieldType][] {
  return (Object.entries(struct.fields()) as [string, FieldType][]).filter(
    ([, type]) => !("shift" in type) || type.shift === 0,
  );
}

function known(struct: Struct, abi: Abi): object {
  const { size, align, offsets } = struct.layouts[abi];
  const names = members(struct).map(([name]) => name);
  return { size, align, offsets: Object.fromEntries(names.map((name) => [name, (offsets as Offsets)[name]])) };
}

type Offsets = Readonly<Record<string, number>>;

/** What koffi, which asks its own copy of the ABI's rules, makes of a type. */
function koffiLayout(
  struct: Struct,
  type: TypeObject,
): { readonly size: number; readonly align: number; readonly offsets: object } {
  const names = members(struct).map(([name]) => name);
  const offsets = Object.fromEntries(
    names.map((name) => [name, struct.kind === "union" ? 0 : koffi.offsetof(type, name)]),
  );
  return { size: koffi.sizeof(type), align: koffi.alignof(type), offsets };
}

/** A struct as 32-bit Windows sees it: what is as wide as a pointer is four bytes wide. */
function ia32Type(field: FieldType): TypeObject | string {
  if ("array" in field) return koffi.array(ia32Type(field.array) as TypeObject, field.count);
  if (!("struct" in field)) return `${field.scalar.startsWith("i") ? "" : "u"}int${field.size("win32-ia32") * 8}_t`;
  const inside = Object.fromEntries(
    members(field).map(([name, type]) => {
      const member = ia32Type(type);
      return [name, field.pack ? [Math.min(field.pack, koffi.alignof(member)), member] : member];
    }),
  ) as Record<string, TypeObject>;
  return field.kind === "union" ? koffi.union(inside) : koffi.struct(inside);
}

it("there are structs to compare, of more than one header", () => {
  expect(everyStruct.length).toBeGreaterThan(40);
  expect(new Set(everyStruct.map(({ header }) => header)).size).toBeGreaterThan(2);
});

describe("koffi lays a struct out as the model does", () => {
  it.runIf(pointerSize(hostAbi) === 8).each(everyStruct)("$name", (struct) => {
    expect(koffiLayout(struct, koffiType(struct))).toEqual(known(struct, hostAbi));
    expect(koffiLayout(struct, ia32Type(struct) as TypeObject)).toEqual(known(struct, "win32-ia32"));
  });
});

describe("the koffi type of a struct", () => {
  it("is built once, and again only for another struct", () => {
    const [first, second] = everyStruct as [Struct, Struct];
    expect(koffiType(first)).toBe(koffiType(first));
    expect(koffiType(first)).not.toBe(koffiType(second));
  });

  it("respects the packing that a header sets", () => {
    const [any] = everyStruct as [Struct];
    const packed = { ...any, pack: 1, fields: () => ({ Byte: u8, Time: i64 }) } as Struct;
    expect(koffi.sizeof(koffiType(packed))).toBe(9);
    expect(koffi.offsetof(koffiType(packed), "Time")).toBe(1);
  });
});
