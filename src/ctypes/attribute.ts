import type { Scalar } from "./scalar.ts";
import type { Struct } from "./struct.ts";

/** A pointer inside the struct that an attribute fills, and what is behind it. */
export interface AttributePointer {
  readonly field: string;
  readonly holds: "wide-string" | "ansi-string" | "bytes" | Struct;
  /** For bytes: the field with their number. */
  readonly sizedBy?: string;
  /** What that number counts, where it does not count bytes. */
  readonly element?: Scalar | Struct;
  /** Absent where the memory stays the package's, or is part of an allocation released elsewhere. */
  readonly releasedBy?: string;
  /** For a struct: its own pointers. */
  readonly inside?: readonly AttributePointer[];
}

/** One `SECPKG_ATTR_*`: its number, the struct it fills, and what has to be copied out and released. */
export interface AttributeDeclaration<T = unknown> {
  readonly constant: string;
  readonly value: number;
  readonly struct: Struct;
  readonly pointers: readonly AttributePointer[];
  /** Fields that are TimeStamps: 100 ns ticks in the provider's local time. */
  readonly times: readonly string[];
  /** Only a type: what a query returns. */
  readonly result?: T;
}

/* @__NO_SIDE_EFFECTS__ */
export function attribute<T>(declaration: AttributeDeclaration<T>): AttributeDeclaration<T> {
  return declaration;
}
