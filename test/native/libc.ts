import type { FunctionDeclaration, Parameter, Scalar, Signature } from "../../src/ctypes/index.ts";
import { Marshalling } from "../../src/native/marshalling.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";

/** A library that every machine has: the C library, by the loader's name for it. */
export const libc =
  process.platform === "win32" ? "msvcrt.dll" : process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

/** A function of the C library, declared as the headers' functions are. */
export function declared(
  name: string,
  returns: Signature["returns"],
  ...parameters: readonly Parameter[]
): FunctionDeclaration {
  return { name, header: "string.h", libraries: [libc], convention: "cdecl", returns, parameters };
}

export function byValue(name: string, value: Scalar): Parameter {
  return { name, type: value.scalar, direction: "in", value };
}

let library: NativeLibrary | undefined;

/** Calls a function of the C library through the marshalling of sspi-ffi/raw. */
export function call(declaration: FunctionDeclaration, ...args: readonly unknown[]): unknown {
  library ??= NativeLibrary.load(libc);
  const marshalling = new Marshalling(declaration, args);
  const native = library.bind(declaration);
  if (!native) throw new Error(`${libc} has no ${declaration.name}`);
  return marshalling.call(native);
}
