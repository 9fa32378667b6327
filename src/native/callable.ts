import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { FunctionNotFoundError } from "./function-not-found.ts";
import type { NativeFunction } from "./koffi.ts";
import { Marshalling } from "./marshalling.ts";
import { sspiLibrary } from "./sspi-library.ts";

/**
 * The function that a declaration describes, bound at its first call. Arguments are checked against the
 * declaration before native code is called; objects and arrays at `out` parameters are filled after it.
 */
export function callable<F>(declaration: FunctionDeclaration<F>): F {
  let native: NativeFunction | undefined | null = null;
  const call = (...args: readonly unknown[]): unknown => {
    const marshalling = new Marshalling(declaration, args);
    if (native === null) native = sspiLibrary().find(declaration);
    if (!native) return unsupported(declaration);
    return marshalling.call(native);
  };
  Object.defineProperty(call, "name", { value: declaration.name });
  return call as F;
}

function unsupported(declaration: FunctionDeclaration): number {
  if (declaration.returns.scalar === "u32") return SEC_E_UNSUPPORTED_FUNCTION;
  throw new FunctionNotFoundError(declaration);
}
