import type { LibraryHandle } from "koffi";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { koffi, type NativeFunction } from "./koffi.ts";
import { parameterTypes, returnType } from "./koffi-types.ts";
import { candidates, LibraryNotFoundError, type Surroundings, system32 } from "./library-choice.ts";

/** `RTLD_NOW` of `<dlfcn.h>`, the same on Linux and macOS. */
const rtldNow = 2;

/**
 * One loaded library, never unloaded: a call into an unloaded library ends the process, and the
 * operating system keeps one copy anyway.
 */
export class NativeLibrary {
  /** As it was loaded: a soname or a path. */
  readonly file: string;
  readonly #handle: LibraryHandle;

  private constructor(file: string, handle: LibraryHandle) {
    this.file = file;
    this.#handle = handle;
  }

  /** Throws what the system's loader says. */
  static load(file: string): NativeLibrary {
    const handle = koffi().load(file);
    keepMapped(file);
    return new NativeLibrary(file, handle);
  }

  /** What the running program exports itself, and what it is linked with. */
  static ofProgram(): NativeLibrary {
    return new NativeLibrary(process.execPath, koffi().load(null));
  }

  /** The exported function, or undefined where the library has none of that name. */
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

  /** Where an exported function is. */
  addressOf(name: string): bigint | undefined {
    try {
      return BigInt(this.#handle.symbol(name));
    } catch {
      return undefined;
    }
  }
}

/**
 * A second reference, never given back: koffi closes its libraries when its environment ends, and the threads that
 * made calls off the event loop end after that. What a library left with them to be destroyed (OpenSSL does, behind
 * WinPR) is code of the library, so that the process would end with a segmentation fault.
 */
function keepMapped(file: string): void {
  if (process.platform === "win32") return;
  const libc = process.platform === "darwin" ? "libSystem.B.dylib" : null;
  const dlopen = koffi().load(libc).func("dlopen", "uintptr_t", ["str", "int"]);
  dlopen(file, rtldNow);
}

/** Loads the first library that the choice offers, or throws a {@link LibraryNotFoundError}. @throws NativeModuleError without koffi */
export function loadSspiLibrary(library: string | undefined, surroundings: Surroundings): NativeLibrary {
  const tried: { library: string; reason: string }[] = [];
  // Without it no library can be tried, which is no reason that a library gives.
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

/** A DLL of Windows by name (`kernel32.dll`), from System32; undefined where there is none. */
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
