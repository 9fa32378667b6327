import type { Abi } from "../../src/ctypes/abi.ts";
import { extentOfType, perAbi } from "./layout.ts";
import type { Field, Model, Struct } from "./types.ts";

/** A field by its path in C from its struct: fields of a nested unnamed struct are `Outer.inner`. */
export interface ReachedField {
  readonly path: string;
  /** The path as C code, which takes the first element of each array on the way. */
  readonly designator: string;
  readonly field: Field;
  readonly extents: Readonly<Record<Abi, { readonly offset: number; readonly size: number }>>;
}

export function reachedFields(struct: Struct, { structs }: Pick<Model, "structs">): ReachedField[] {
  return struct.fields.flatMap((field): ReachedField[] => {
    const { name, type, count = 1 } = field;
    const extents = perAbi((abi) => {
      const one = extentOfType(type, abi, (other) => structs.get(other)?.layouts[abi] ?? struct.layouts[abi]);
      return { offset: struct.layouts[abi].offsets[name] ?? 0, size: one.size * count };
    });
    const inner = type.kind === "struct" ? structs.get(type.name) : undefined;
    const nested = inner?.nested ? reachedFields(inner, { structs }) : [];
    const through = field.count === undefined ? name : `${name}[0]`;
    return [
      { path: name, designator: name, field, extents },
      ...nested.map((reached) => ({
        path: `${name}.${reached.path}`,
        designator: `${through}.${reached.designator}`,
        field: reached.field,
        extents: perAbi((abi) => ({
          offset: extents[abi].offset + reached.extents[abi].offset,
          size: reached.extents[abi].size,
        })),
      })),
    ];
  });
}
