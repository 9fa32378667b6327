import type {
  Address,
  CallbackDeclaration,
  Convention,
  FunctionDeclaration,
  In,
  InOut,
  Memory,
  Out,
  Pointee,
  Scalar,
} from "../ctypes/index.ts";

/** A parameter of a function that is declared by hand. */
export interface BindableParameter {
  /** Its name, for errors. */
  readonly name: string;
  /** Whether the function reads what it points to ("in", which is the default), writes it, or both. */
  readonly direction?: "in" | "out" | "inout";
  /** NULL is allowed. */
  readonly optional?: true;
  /** A value: its type. */
  readonly value?: Scalar;
  /** A pointer: what it points to, or a function that returns that. */
  readonly pointsTo?: Pointee | (() => Pointee);
  /** Its type in C. It only matters for a `SecHandle`, where it distinguishes credentials from contexts. */
  readonly type?: string;
  /** For a function pointer: the declaration of the called function. */
  readonly callback?: () => CallbackDeclaration;
}

/** A function that {@link bind} makes callable: made by `npx sspi-ffi generate`, or declared by hand. */
export interface BindableFunction {
  /** Its exported name; by default its key in `functions`. */
  readonly name?: string;
  /** Its calling convention in 32-bit Windows programs, "cdecl" by default; other systems have only one convention. */
  readonly convention?: Convention;
  /** The type of its result; `nothing` for `void`. */
  readonly returns: Scalar | { readonly scalar: "void" };
  /** Its parameters, in order. */
  readonly parameters: readonly BindableParameter[];
  /** The function releases its only parameter, an address or a handle, never bytes. */
  readonly releases?: true;
  /** The Windows DLLs that export it, for a `bind` without `library`. */
  readonly libraries?: readonly string[];
}

/** The functions that {@link bind} makes callable, by the names that the program uses. */
export type BindableFunctions = Readonly<Record<string, BindableFunction>>;

/** The type of a function that {@link bind} has made callable. */
export type BoundFunction<D extends BindableFunction> =
  D extends FunctionDeclaration<infer F> ? (unknown extends F ? Inferred<D> : F) : Inferred<D>;

/** What {@link bind} returns: each function by its name. */
export type BoundFunctions<D extends BindableFunctions> = { readonly [Name in keyof D]: BoundFunction<D[Name]> };

type Inferred<D extends BindableFunction> = (
  ...args: D extends { readonly releases: true } ? [released: Address] : Arguments<D["parameters"]>
) => Result<D["returns"]>;
type Arguments<P extends readonly BindableParameter[]> = { [Place in keyof P]: Argument<P[Place]> };
type Result<R> = R extends Scalar<infer T> ? T : ReturnType<() => void>;

type Argument<P extends BindableParameter> =
  | (P extends { readonly value: Scalar<infer T> }
      ? T extends bigint
        ? number | bigint
        : T
      : P extends { readonly pointsTo: infer Q }
        ? Pointed<Q extends () => infer R ? R : Q, P["direction"]>
        : never)
  | (P extends { readonly optional: true } ? null : never);

type Pointed<Q, D> = Q extends "void"
  ? Memory
  : Q extends "wide-string" | "ansi-string"
    ? string | Memory
    : Q extends "function"
      ? Address
      : Q extends { readonly struct: true; read(...args: never): infer T }
        ? Directed<T, D>
        : Q extends Scalar<infer T>
          ? Directed<T, D>
          : never;

type Directed<T, D> = D extends "out" ? Out<T> : D extends "inout" ? InOut<T> : In<T>;
