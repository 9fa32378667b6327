import type { TypeObject } from "koffi";
import { STATUS_INTERNAL_ERROR } from "../../generated/ntstatus/constants.ts";
import type { CallbackDeclaration, ScalarName } from "../ctypes/index.ts";
import { koffi } from "./koffi.ts";
import { koffiPrototype } from "./koffi-types.ts";

/** A JavaScript function that C can call. */
export interface NativeCallback {
  /** The function pointer. */
  readonly address: bigint;
  /** Frees the callback's slot; a later call through the pointer crashes the process. */
  release(): void;
}

export interface CallbackOptions {
  /** Receives what must not reach the native caller: an exception, or an error about a result of the wrong type. */
  readonly onError?: (name: string, error: unknown) => void;
  /** The status that the native caller receives in that case; `STATUS_INTERNAL_ERROR` by default. */
  readonly failure?: number;
}

const prototypes = new WeakMap<CallbackDeclaration, TypeObject>();
let slots = 0;

/** How many of the process's 8192 callback slots this package holds. */
export function callbackSlots(): number {
  return slots;
}

function prototypeOf(declaration: CallbackDeclaration): TypeObject {
  let known = prototypes.get(declaration);
  if (!known) {
    known = koffiPrototype(declaration);
    prototypes.set(declaration, known);
  }
  return known;
}

/**
 * Makes a function callable from C. koffi would turn an exception into 0, which means success, so exceptions never
 * cross the native frame, and only a result of the declared type is returned.
 *
 * @throws Error when the process has no free callback slot.
 */
export function registerCallback<F>(
  declaration: CallbackDeclaration<F>,
  work: F,
  options: CallbackOptions = {},
): NativeCallback {
  const guarded = guard(declaration, work as AnyFunction, options);
  const pointer = koffi().register(guarded, koffi().pointer(prototypeOf(declaration)));
  slots += 1;
  let registered = true;
  return {
    address: pointer,
    release() {
      if (!registered) return;
      registered = false;
      slots -= 1;
      koffi().unregister(pointer);
    },
  };
}

/** The C function at an address that a package has handed out. */
export function functionAt<F>(declaration: CallbackDeclaration<F>, address: bigint): F {
  return koffi().decode(address, prototypeOf(declaration)) as F;
}

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Wraps a function for native callers: the wrapper never throws, and never returns a wrong value that would mean
 * success.
 */
export function guard(
  declaration: CallbackDeclaration,
  work: AnyFunction,
  options: CallbackOptions = {},
): (...args: unknown[]) => number | bigint | undefined {
  const { name, parameters, returns } = declaration;
  const kinds = parameters.map((parameter) => parameter.value?.scalar ?? (parameter.struct ? "struct" : "pointer"));
  const failure =
    failures[returns.scalar] ?? (returns.scalar === "void" ? undefined : statusOf(options, returns.scalar));
  return (...args) => {
    try {
      const answer = work(...args.map((arg, index) => argument(kinds[index], arg)));
      return checked(returns.scalar, answer);
    } catch (error) {
      report(options, name, error);
      return failure;
    }
  };
}

function statusOf({ failure = STATUS_INTERNAL_ERROR }: CallbackOptions, returns: ScalarName): number {
  return returns === "i32" ? failure | 0 : failure;
}

/** The failure results of functions without a status: NULL, FALSE or nothing. */
const failures: Partial<Record<ScalarName, number>> = { pointer: 0, usize: 0, isize: 0, bool8: 0, bool32: 0 };

/**
 * Converts a native argument. koffi passes 64-bit values as Numbers, BigInts or negative BigInts, depending on the
 * value.
 */
function argument(kind: ScalarName | "struct" | undefined, value: unknown): unknown {
  switch (kind) {
    case "pointer":
    case "usize":
    case "u64":
      return BigInt.asUintN(64, BigInt(value as number | bigint));
    case "i64":
    case "isize":
      return BigInt.asIntN(64, BigInt(value as number | bigint));
    case "bool8":
    case "bool32":
      return value !== 0;
    default:
      return value;
  }
}

function checked(returns: ScalarName, answer: unknown): number | bigint | undefined {
  if (answer instanceof Promise) {
    // Ignore the promise's later rejection: the native caller already has its result.
    answer.catch(() => {});
    throw new TypeError("expected an answer, got a Promise: C cannot wait for one");
  }
  if (returns === "void") return undefined;
  if (returns === "bool8" || returns === "bool32") {
    if (typeof answer !== "boolean") throw new TypeError(`expected a boolean, got ${typeof answer}`);
    return answer ? 1 : 0;
  }
  if (returns === "u32" || returns === "i32") return status(answer, returns);
  if (typeof answer !== "bigint" && !Number.isSafeInteger(answer))
    throw new TypeError(`expected an address, got ${typeof answer}`);
  return answer as number | bigint;
}

function status(answer: unknown, returns: "u32" | "i32"): number {
  if (!Number.isInteger(answer) || (answer as number) < -0x8000_0000 || (answer as number) > 0xffff_ffff)
    throw new TypeError(`expected a status, got ${typeof answer === "number" ? answer : typeof answer}`);
  return returns === "u32" ? (answer as number) >>> 0 : (answer as number) | 0;
}

function report({ onError }: CallbackOptions, name: string, error: unknown): void {
  try {
    onError?.(name, error);
  } catch {
    // An exception of the reporter must not crash the process.
  }
}
