import type { CallbackDeclaration } from "../ctypes/index.ts";
import { checkCallback, checkUint, DisposedError, type OptionNames, readOptions } from "../values/index.ts";
import { registerCallback } from "./callbacks.ts";
import { checkCallbackDeclaration } from "./check-declaration.ts";

/** What {@link nativeCallback} may be told. */
export interface NativeCallbackOptions {
  /**
   * What C is answered where the function throws, or answers with something else than the declared type; by default a
   * status that says so (`STATUS_INTERNAL_ERROR`), and 0 or NULL of what is no 32-bit number.
   */
  readonly failure?: number;
  /** Gets what the function has thrown, which C cannot be told; by default it is an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/** A JavaScript function that C can call. */
export interface OwnedCallback extends Disposable {
  /** The function pointer, for a parameter or a field. @throws DisposedError after {@link OwnedCallback.close} */
  readonly address: bigint;
  /** Whether the pointer was taken back. */
  readonly closed: boolean;
  /** Takes the pointer back. C must not call it any more: that would end the process. */
  close(): void;
}

const optionNames: OptionNames<NativeCallbackOptions> = { failure: true, onError: true };

/**
 * Makes a function callable from C. It is called on the thread that made it, while C waits; pointers come as addresses,
 * for `readStruct`, `readWideString` and `copyOut`. A process has 8192 of them.
 *
 * @throws TypeError or RangeError naming what is wrong; Error where the process has no callback left.
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

/** The same copy for the same declaration: koffi keeps a prototype for each for ever. */
function checkedDeclaration<F>(declaration: CallbackDeclaration<F>): CallbackDeclaration<F> {
  const known = typeof declaration === "object" && declaration !== null ? checkedBefore.get(declaration) : undefined;
  const checked = known ?? checkCallbackDeclaration(declaration, "declaration");
  checkedBefore.set(declaration, checked);
  return checked as CallbackDeclaration<F>;
}

/** A status is unsigned where it is written down; an `int` may be negative. */
function checkFailure(failure: unknown): number {
  return typeof failure === "number" && failure < 0
    ? -checkUint(-failure, "failure", 0x8000_0000)
    : checkUint(failure, "failure");
}

/** Outside of the native frame, which an exception must not cross. */
function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
