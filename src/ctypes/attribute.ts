import { pointerSize } from "./abi.ts";
import { pointer, type Scalar } from "./scalar.ts";
import { layouts, type Struct, struct } from "./struct.ts";

/** A pointer inside the struct that an attribute fills, and what is behind it. */
export interface AttributePointer<Release extends string = string> extends InnerPointer {
  /** Absent where the memory stays the package's. */
  readonly releasedBy?: Release;
}

/** A pointer, and what is behind it. */
interface InnerPointer {
  readonly field: string;
  /** A scalar only where `counts` says that it is an array of them; "embedded" is a struct that is no pointer itself. */
  readonly holds: "wide-string" | "ansi-string" | "bytes" | "embedded" | Struct | Scalar;
  /** For bytes, text and arrays: the field with their number. */
  readonly sizedBy?: string;
  /** Whether that number counts bytes (usual) or what the pointer points to. */
  readonly counts?: "elements";
  /** For a struct: its own pointers, to parts of the same allocation. */
  readonly inside?: readonly InnerPointer[];
  /** For a struct: the field that is all of it that is wanted. */
  readonly only?: string;
}

/** One `SECPKG_ATTR_*`: its number, the struct it fills, and what has to be copied out and released. */
export interface AttributeDeclaration<T = unknown, Release extends string = string> {
  /** The name of its constant, for errors. */
  readonly constant: string;
  /** Its number. */
  readonly value: number;
  /** What it fills. */
  readonly struct: Struct;
  /** The struct's pointers to what is copied out. */
  readonly pointers: readonly AttributePointer<Release>[];
  /** Fields that are TimeStamps: 100 ns ticks in the provider's local time. */
  readonly times: readonly string[];
  /** Fields that have to hold something before the query. */
  readonly preset?: Readonly<Record<string, number>>;
  /** Only a type: what a query returns. */
  readonly result?: T;
}

/** Declares an attribute. `Release`: the functions that its pointers may be released by; none by default. */
export function attribute<T, Release extends string = never>(
  declaration: AttributeDeclaration<T, Release>,
): AttributeDeclaration<T, Release> {
  return declaration;
}

const only = { value: 0 };

/** What an attribute fills that answers with a pointer and no struct around it: the query's result is its `value`. */
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
