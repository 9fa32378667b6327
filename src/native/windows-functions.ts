import { GetLastError, SetLastError } from "../../generated/base/functions.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address, FunctionDeclaration } from "../ctypes/index.ts";
import { FunctionNotFoundError } from "./function-not-found.ts";
import type { NativeFunction } from "./koffi.ts";
import { systemLibrary } from "./native-library.ts";

const bound = new Map<FunctionDeclaration, NativeFunction | undefined>();

/** A function of a DLL of Windows, bound once; undefined where the system has no such DLL, or it no such function. */
export function windowsFunction(declaration: FunctionDeclaration): NativeFunction | undefined {
  if (!bound.has(declaration)) {
    let found: NativeFunction | undefined;
    for (const dll of declaration.libraries) found ??= systemLibrary(dll, process)?.bind(declaration);
    bound.set(declaration, found);
  }
  return bound.get(declaration);
}

/**
 * Functions by name, addresses in. One that this machine does not have answers `SEC_E_UNSUPPORTED_FUNCTION` where it
 * returns a status, else it throws.
 */
export type FunctionSet<N extends string> = Readonly<Record<N, (...args: readonly Address[]) => Address>>;

/** Functions of Windows' DLLs, or of where `find` looks, each looked up when it is called. */
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
 * What a call answers, and why it failed where it answers 0 (NULL, FALSE): what it left in GetLastError, 0 where it
 * left nothing there.
 */
export function withLastError(call: () => Address): { readonly answer: Address; readonly error: number } {
  // Some functions fail without saying why: what an earlier one said must not stand for it.
  windowsFunction(SetLastError)?.(0);
  const answer = call();
  return { answer, error: BigInt(answer) === 0n ? Number(windowsFunction(GetLastError)?.() ?? 0) >>> 0 : 0 };
}
