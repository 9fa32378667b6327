import { GetLastError, SetLastError } from "../../generated/base/functions.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address, FunctionDeclaration } from "../ctypes/index.ts";
import { FunctionNotFoundError } from "./function-not-found.ts";
import type { NativeFunction } from "./koffi.ts";
import { systemLibrary } from "./native-library.ts";

const bound = new Map<FunctionDeclaration, NativeFunction | undefined>();

/** A function of a Windows DLL, bound once; undefined where the system lacks the DLL or the DLL lacks the function. */
export function windowsFunction(declaration: FunctionDeclaration): NativeFunction | undefined {
  if (!bound.has(declaration)) {
    let found: NativeFunction | undefined;
    for (const dll of declaration.libraries) found ??= systemLibrary(dll, process)?.bind(declaration);
    bound.set(declaration, found);
  }
  return bound.get(declaration);
}

/**
 * Functions by name, which take addresses. One that this machine lacks returns `SEC_E_UNSUPPORTED_FUNCTION` if it
 * returns a status, and otherwise throws.
 */
export type FunctionSet<N extends string> = Readonly<Record<N, (...args: readonly Address[]) => Address>>;

/** Makes a set of functions, each looked up when it is called: with `find`, or by default in the Windows DLLs. */
export function functionSet<N extends string>(
  declarations: Readonly<Record<N, FunctionDeclaration>>,
  find: (declaration: FunctionDeclaration) => NativeFunction | undefined = windowsFunction,
): FunctionSet<N> {
  const set = {} as Record<N, (...args: readonly Address[]) => Address>;
  for (const [name, declaration] of Object.entries(declarations) as [N, FunctionDeclaration][]) {
    set[name] = (...args) => {
      const native = find(declaration);
      if (native) return native(...args);
      if (declaration.returns.scalar === "u32") return SEC_E_UNSUPPORTED_FUNCTION;
      throw new FunctionNotFoundError(declaration);
    };
  }
  return set;
}

/**
 * Makes a call and returns its result. If the result is 0 (NULL, FALSE), `error` is the call's GetLastError code, 0 if
 * it set none.
 */
export function withLastError(call: () => Address): { readonly answer: Address; readonly error: number } {
  // Clear the code first: some functions fail without setting one, and an earlier call's code would be reported.
  windowsFunction(SetLastError)?.(0);
  const answer = call();
  return { answer, error: BigInt(answer) === 0n ? Number(windowsFunction(GetLastError)?.() ?? 0) >>> 0 : 0 };
}
