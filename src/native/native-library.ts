import type { LibraryHandle } from "koffi";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { koffi, type NativeFunction } from "./koffi.ts";
import { parameterTypes, returnType } from "./koffi-types.ts";
import { candidates, LibraryNotFoundError, type Surroundings, system32 } from "./library-choice.ts";

/** `RTLD_NOW` of `<dlfcn.h>`, the same on Linux and macOS. */
const rtldNow = 2;

/**
 * A loaded library. It is never unloaded, because a call into an unloaded library crashes the process, and the
 * operating system keeps only one copy anyway.
 */
export class NativeLibrary {
  /** The library's name as it was loaded: a soname or a path. */
  readonly file: string;
  readonly #handle: LibraryHandle;

  private constructor(file: string, handle: LibraryHandle) {
    this.file = file;
    this.#handle = handle;
  }

  /** Loads a library, or throws the system loader's error. */
  static load(file: string): NativeLibrary {
    const handle = koffi().load(file);
    keepMapped(file);
    return new NativeLibrary(file, handle);
  }

  /** The symbols of the running program and of the libraries that it is linked with. */
  static ofProgram(): NativeLibrary {
    return new NativeLibrary(process.execPath, koffi().load(null));
  }

  /** Returns an exported function; undefined where the library has no export of that name. */
  bind(declaration: FunctionDeclaration): NativeFunction | undefined {
    if (!this.exports(declaration.name)) return undefined;
    const convention = declaration.convention === "stdcall" ? "__stdcall" : "__cdecl";
    return this.#handle.func(
      convention,
      declaration.name,
      returnType(declaration),
      parameterTypes(declaration),
    ) as NativeFunction;
  }

  exports(name: string): boolean {
    return this.addressOf(name) !== undefined;
  }

  /** The address of an exported function. */
  addressOf(name: string): bigint | undefined {
    try {
      return BigInt(this.#handle.symbol(name));
    } catch {
      return undefined;
    }
  }
}

/**
 * Keeps the library mapped with a second reference that is never released. koffi closes its libraries when its
 * environment ends, and the threads that made calls off the event loop end later. They then run destructors that the
 * library registered (OpenSSL does, behind WinPR), and without the library's code this is a segmentation fault.
 */
function keepMapped(file: string): void {
  if (process.platform === "win32") return;
  const libc = process.platform === "darwin" ? "libSystem.B.dylib" : null;
  const dlopen = koffi().load(libc).func("dlopen", "uintptr_t", ["str", "int"]);
  dlopen(file, rtldNow);
}

/**
 * Loads the first candidate library that can be loaded, or throws a {@link LibraryNotFoundError}.
 *
 * @throws NativeModuleError without koffi
 */
export function loadSspiLibrary(library: string | undefined, surroundings: Surroundings): NativeLibrary {
  const tried: { library: string; reason: string }[] = [];
  // Load koffi first, so that a missing koffi is not reported as an error of each library.
  koffi();
  for (const candidate of candidates(library, surroundings)) {
    try {
      return NativeLibrary.load(candidate);
    } catch (error) {
      tried.push({ library: candidate, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new LibraryNotFoundError(tried, surroundings.platform);
}

const systemLibraries = new Map<string, NativeLibrary | undefined>();

/** Loads a Windows DLL by name (`kernel32.dll`) from System32; undefined where it does not exist. */
export function systemLibrary(dll: string, surroundings: Surroundings): NativeLibrary | undefined {
  if (surroundings.platform !== "win32") return undefined;
  if (!systemLibraries.has(dll)) {
    let library: NativeLibrary | undefined;
    koffi();
    try {
      library = NativeLibrary.load(system32(dll, surroundings));
    } catch {
      library = undefined;
    }
    systemLibraries.set(dll, library);
  }
  return systemLibraries.get(dll);
}
