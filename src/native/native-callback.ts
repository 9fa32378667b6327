import type { CallbackDeclaration } from "../ctypes/index.ts";
import { checkCallback, checkUint, DisposedError, type OptionNames, readOptions } from "../values/index.ts";
import { registerCallback } from "./callbacks.ts";
import { checkCallbackDeclaration } from "./check-declaration.ts";

/** The options of {@link nativeCallback}. */
export interface NativeCallbackOptions {
  /**
   * What C receives where the function throws or returns a value that is not of the declared type; by default the
   * status `STATUS_INTERNAL_ERROR`, and 0 or NULL where the return type is not a 32-bit number.
   */
  readonly failure?: number;
  /**
   * Receives an exception of the function, which cannot be passed to C; by default it becomes an uncaught exception.
   */
  readonly onError?: (error: unknown) => void;
}

/** A JavaScript function that C can call. */
export interface OwnedCallback extends Disposable {
  /** The function pointer, for a parameter or a field. @throws DisposedError after {@link OwnedCallback.close} */
  readonly address: bigint;
  /** Whether the function pointer was released. */
  readonly closed: boolean;
  /** Releases the function pointer. C must not call it any more: such a call would crash the process. */
  close(): void;
}

const optionNames: OptionNames<NativeCallbackOptions> = { failure: true, onError: true };

/**
 * Makes a function callable from C. It runs on the thread that created it, while C waits; pointers arrive as addresses,
 * for `readStruct`, `readWideString` and `copyOut`. A process can have 8192 callbacks.
 *
 * @throws TypeError or RangeError naming what is wrong; Error where the process has no free callback slot.
 */
export function nativeCallback<F extends (...args: never[]) => unknown>(
  declaration: CallbackDeclaration<F>,
  work: F,
  options: NativeCallbackOptions = {},
): OwnedCallback {
  const checked = checkedDeclaration(declaration);
  checkCallback(work, "work");
  const { failure, onError } = readOptions<NativeCallbackOptions>(options, "options", optionNames);
  if (onError !== undefined) checkCallback(onError, "onError");
  const registered = registerCallback(checked, work, {
    ...(failure === undefined ? {} : { failure: checkFailure(failure) }),
    onError: (_name, error) => (onError ?? uncaught)(error),
  });
  let closed = false;
  const close = (): void => {
    closed = true;
    registered.release();
  };
  return {
    get address() {
      if (closed) throw new DisposedError(`The callback ${checked.name}`);
      return registered.address;
    },
    get closed() {
      return closed;
    },
    close,
    [Symbol.dispose]: close,
  };
}

const checkedBefore = new WeakMap<CallbackDeclaration, CallbackDeclaration>();

/** Returns the same copy for the same declaration, because koffi never frees a declaration's prototype. */
function checkedDeclaration<F>(declaration: CallbackDeclaration<F>): CallbackDeclaration<F> {
  const known = typeof declaration === "object" && declaration !== null ? checkedBefore.get(declaration) : undefined;
  const checked = known ?? checkCallbackDeclaration(declaration, "declaration");
  checkedBefore.set(declaration, checked);
  return checked as CallbackDeclaration<F>;
}

/** Checks a failure value: statuses are written as unsigned numbers, but an `int` may be negative. */
function checkFailure(failure: unknown): number {
  return typeof failure === "number" && failure < 0
    ? -checkUint(-failure, "failure", 0x8000_0000)
    : checkUint(failure, "failure");
}

/** Throws the error outside of the native frame, which an exception must not cross. */
function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
