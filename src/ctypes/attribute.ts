import { pointerSize } from "./abi.ts";
import { pointer, type Scalar } from "./scalar.ts";
import { layouts, type Struct, struct } from "./struct.ts";

/** A pointer in the struct that an attribute fills, and what it points to. */
export interface AttributePointer<Release extends string = string> extends InnerPointer {
  /** The function that releases the memory; absent where the package keeps its ownership. */
  readonly releasedBy?: Release;
}

/** A pointer field, and what it points to. */
interface InnerPointer {
  readonly field: string;
  /**
   * What the field holds. A scalar is only allowed for an array, with `counts`; "embedded" means a struct in place of a
   * pointer.
   */
  readonly holds: "wide-string" | "ansi-string" | "bytes" | "embedded" | Struct | Scalar;
  /** For bytes, text and arrays: the field with their number. */
  readonly sizedBy?: string;
  /** Whether that number counts bytes (usual) or what the pointer points to. */
  readonly counts?: "elements";
  /** For a struct: its own pointers, to parts of the same allocation. */
  readonly inside?: readonly InnerPointer[];
  /** For a struct: the only field that the result contains. */
  readonly only?: string;
}

/** One attribute `SECPKG_ATTR_*`: its number, the struct that it fills, and what to copy out and release. */
export interface AttributeDeclaration<T = unknown, Release extends string = string> {
  /** The name of its constant, for errors. */
  readonly constant: string;
  /** Its number. */
  readonly value: number;
  /** The struct that it fills. */
  readonly struct: Struct;
  /** The struct's pointers to memory that is copied out. */
  readonly pointers: readonly AttributePointer<Release>[];
  /** Fields that are TimeStamps: 100 ns ticks in the provider's local time. */
  readonly times: readonly string[];
  /** Fields that need a value before the query. */
  readonly preset?: Readonly<Record<string, number>>;
  /** Only a type: what a query returns. */
  readonly result?: T;
}

/**
 * Declares an attribute, as a frozen copy, which a query has to check only once. `Release`: the functions that its
 * pointers may be released by; none by default.
 */
export function attribute<T, Release extends string = never>(
  declaration: AttributeDeclaration<T, Release>,
): AttributeDeclaration<T, Release> {
  return Object.freeze({ ...declaration });
}

const only = { value: 0 };

/**
 * The struct for an attribute that returns a pointer without a struct around it: the query's result is the field
 * `value`.
 */
export const lonePointer: Struct<{ value: bigint }, "value"> = struct({
  name: "lone pointer",
  kind: "struct",
  header: "",
  fields: () => ({ value: pointer }),
  layouts: layouts(
    [["win32-x64", "win32-arm64", "posix-64"], { size: pointerSize("win32-x64"), align: 8, offsets: only }],
    [["win32-ia32"], { size: pointerSize("win32-ia32"), align: 4, offsets: only }],
  ),
  read: (view, at = 0, abi) => ({ value: pointer.get(view, at, abi) }),
  write: (view, { value = 0n }, at = 0, abi) => pointer.set(view, at, value, "value", abi),
});
