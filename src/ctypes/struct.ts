import { type Abi, hostAbi } from "./abi.ts";
import type { FixedArray } from "./array.ts";
import type { CallbackDeclaration } from "./function.ts";
import type { Scalar } from "./scalar.ts";

/** What a field holds, by value. */
export type FieldType = Scalar | Struct | FixedArray;

export interface Layout<F extends string = string> {
  readonly size: number;
  readonly align: number;
  readonly offsets: Readonly<Record<F, number>>;
}

export interface StructDefinition<T, F extends string> {
  readonly name: string;
  readonly kind: "struct" | "union";
  readonly header: string;
  /** The `#pragma pack` that the header sets for it, if any. */
  readonly pack?: number;
  /** The `#pragma pack` that the header sets for Apple's x86-64 alone. */
  readonly applePack?: number;
  /** A function, because structs may name each other and most are never used in a process. */
  readonly fields: () => Readonly<Record<F, FieldType>>;
  readonly layouts: Readonly<Record<Abi, Layout<F>>>;
  /**
   * Reads a plain copy of the struct at byte `at`; its pointers are not followed. `elements` is the number of elements
   * of a trailing array to read, where the field with its size cannot be trusted.
   */
  read(view: DataView, at?: number, abi?: Abi, elements?: number): T;
  /** Writes every field at byte `at`; fields left out are zeroed; a wrong value throws before anything is written to it. */
  write(view: DataView, value: Partial<T>, at?: number, abi?: Abi): void;
  /** For a function table: the last member of each version. */
  readonly table?: FunctionTable<F>;
  /**
   * The shorter versions of a struct that grew. Older code allocates these, and writing the whole struct would overrun
   * them.
   */
  readonly earlier?: readonly { readonly last: F; readonly sizes: Readonly<Record<Abi, number>> }[];
  /** The declarations of its function pointers. */
  readonly functions?: () => { readonly [K in F]?: CallbackDeclaration };
}

/** The versions of a struct of function pointers that grew: each has the members up to and including `last`. */
export interface FunctionTable<F extends string = string> {
  /** The field that contains the version, if the struct has one. */
  readonly version?: F;
  readonly ends: readonly { readonly version: number; readonly last: F }[];
}

/** A C struct or union: facts, a reader and a writer. Defines nothing native. */
export interface Struct<T = unknown, F extends string = string> extends StructDefinition<T, F> {
  /** Tells a struct from other declarations. */
  readonly struct: true;
}

/** Declares a struct or union. */
export function struct<T, F extends string>(definition: StructDefinition<T, F>): Struct<T, F> {
  return { struct: true, ...definition };
}

/** Whether a value has the members that reading and writing a struct needs. */
export function isStruct(given: unknown): given is Struct {
  if (typeof given !== "object" || given === null) return false;
  const { struct, layouts, read, write, fields } = given as Partial<Struct>;
  const size = layouts?.[hostAbi]?.size;
  const callable = [read, write, fields].every((part) => typeof part === "function");
  return struct === true && Number.isInteger(size) && (size as number) > 0 && callable;
}

/**
 * Makes the layouts of all ABIs from groups of ABIs that share one. `darwin-x64` is only listed where it differs from
 * `posix-64`.
 */
export function layouts<F extends string>(
  ...groups: readonly (readonly [readonly Abi[], Layout<F>])[]
): Readonly<Record<Abi, Layout<F>>> {
  const all: Partial<Record<Abi, Layout<F>>> = {};
  for (const [abis, layout] of groups) for (const abi of abis) all[abi] = layout;
  return { ...all, "darwin-x64": all["darwin-x64"] ?? all["posix-64"] } as Record<Abi, Layout<F>>;
}

/**
 * Writes a struct at byte `at` through a zeroed copy, so that a wrong value throws before the memory changes. `size` is
 * larger than the layout's size if a trailing array has more than the one element that C declares.
 */
export function replace<T>(
  type: Struct<T>,
  view: DataView,
  at: number,
  value: Partial<T>,
  size: number,
  fill: (copy: DataView) => void,
): void {
  const known = type.layouts["win32-x64"].offsets;
  for (const name of Object.keys(value))
    if (!Object.hasOwn(known, name))
      throw new TypeError(
        `${type.name}: no field has this name of ${name.length} characters; expected ${Object.keys(known).join(", ")}`,
      );
  if (at < 0 || at + size > view.byteLength)
    throw new RangeError(`${type.name}: expected ${size} bytes at ${at}, got a view of ${view.byteLength}`);
  const copy = new Uint8Array(size);
  fill(new DataView(copy.buffer));
  new Uint8Array(view.buffer, view.byteOffset + at, size).set(copy);
}
