import type { Abi } from "./abi.ts";
import type { Scalar } from "./scalar.ts";

/** What a field holds, by value. */
export type FieldType = Scalar<never> | Scalar | Struct | FixedArray;

export interface FixedArray {
  readonly array: Scalar | Struct;
  readonly count: number;
}

export interface Layout<F extends string = string> {
  readonly size: number;
  readonly align: number;
  readonly offsets: Readonly<Record<F, number>>;
}

export interface StructDefinition<T, F extends string> {
  readonly name: string;
  readonly kind: "struct" | "union";
  readonly header: string;
  /** The `#pragma pack` the header sets around it, where it does. */
  readonly pack?: number;
  /** A function, because structs may name each other and most are never used in a process. */
  readonly fields: () => Readonly<Record<F, FieldType>>;
  readonly layouts: Readonly<Record<Abi, Layout<F>>>;
  /** A plain copy of the struct at byte `at`; what its pointers point to is not followed. */
  readonly read: (view: DataView, at?: number, abi?: Abi) => T;
  /** Writes every field at byte `at`; fields left out are zeroed; a wrong value throws before anything is written to it. */
  readonly write: (view: DataView, value: Partial<T>, at?: number, abi?: Abi) => void;
}

/** A C struct or union: facts, a reader and a writer. Defines nothing native. */
export interface Struct<T = unknown, F extends string = string> extends StructDefinition<T, F> {
  readonly struct: true;
}

export function struct<T, F extends string>(definition: StructDefinition<T, F>): Struct<T, F> {
  return { struct: true, ...definition };
}

/** One layout where the ABIs agree, more where they do not. */
export function layouts<F extends string>(
  ...groups: readonly (readonly [readonly Abi[], Layout<F>])[]
): Readonly<Record<Abi, Layout<F>>> {
  return Object.fromEntries(groups.flatMap(([abis, layout]) => abis.map((abi) => [abi, layout]))) as Record<
    Abi,
    Layout<F>
  >;
}
