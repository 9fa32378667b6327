import type { Scalar } from "./scalar.ts";
import type { Struct } from "./struct.ts";

/** What a pointer parameter points to. */
export type Pointee =
  | Scalar
  | Struct
  /** `void *`: anything, or an address that means nothing to us. */
  | "void"
  /** NUL-terminated UTF-16. */
  | "wide-string"
  /** NUL-terminated bytes in the process's code page. */
  | "ansi-string"
  /** A function pointer. */
  | "function";

export interface Parameter {
  readonly name: string;
  /** The type as the header spells it. */
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  /** NULL is allowed. */
  readonly optional?: true;
  /** By value; absent where the parameter is a pointer. */
  readonly value?: Scalar;
  /** A struct by value. */
  readonly struct?: () => Struct;
  /** What it points to; a function, because declarations may name each other. */
  readonly pointsTo?: () => Pointee;
  /** For a function pointer: the declaration of the called function. */
  readonly callback?: () => CallbackDeclaration;
  /** The function that releases what the callee returns through this parameter. */
  readonly releasedBy?: string;
  /** The field of the pointee that contains the value to release; absent where the pointee itself is released. */
  readonly releasedField?: string;
  /** The parameter, or the field of the pointee, that contains the size. */
  readonly sizedBy?: string;
  /** Whether that size counts bytes (usual) or what the pointer points to. */
  readonly counts?: "elements";
  /** The flag group of its value. */
  readonly flags?: string;
}

export type Convention = "stdcall" | "cdecl";

export interface Signature {
  readonly name: string;
  readonly header: string;
  readonly convention: Convention;
  /** `u32` for SECURITY_STATUS and NTSTATUS: compared with the constants, which are unsigned. */
  readonly returns: Scalar | { readonly scalar: "void" };
  /** What a returned pointer points to. */
  readonly returnsTo?: () => Pointee;
  readonly parameters: readonly Parameter[];
}

/** A function of a DLL. `F` is its type at the raw door. */
export interface FunctionDeclaration<F = unknown> extends Signature {
  /** DLLs that export it, best first. */
  readonly libraries: readonly string[];
  /** Function that releases what it returns. */
  readonly resultReleasedBy?: string;
  /** The function releases its only parameter. */
  readonly releases?: true;
  /** Only a type: nothing is stored here. */
  readonly call?: F;
}

/** A function pointer type of the headers. */
export interface CallbackDeclaration<F = unknown> extends Signature {
  /** Only a type: nothing is stored here. */
  readonly call?: F;
}

/** Declares a function, for `bind`. `F` is its type in TypeScript. */
export function declareFunction<F>(declaration: FunctionDeclaration<F>): FunctionDeclaration<F> {
  return declaration;
}

/** Declares a function pointer's type, for `nativeCallback`. `F` is its type in TypeScript. */
export function declareCallback<F>(declaration: CallbackDeclaration<F>): CallbackDeclaration<F> {
  return declaration;
}

/** Address of something in native memory. A Number is exact below 2^53, which covers user space. */
export type Address = number | bigint;
type Bytes = ArrayBufferView<ArrayBuffer>;
/** A `void *`, or a buffer whose size another parameter or field contains: bytes, or their address. */
export type Memory = Bytes | Address;
/** A pointer the callee reads: the value itself, bytes that hold it, or its address. */
export type In<T> = T | Bytes | Address;
/** A pointer the callee writes: an object (struct) or one-element array (scalar) to be filled, bytes, or an address. */
export type Out<T> = ([T] extends [object] ? Partial<T> : [T?]) | Bytes | Address;
/** A pointer the callee reads and writes. */
export type InOut<T> = ([T] extends [object] ? Partial<T> : [T]) | Bytes | Address;
