import { basename } from "node:path";
import { type ProviderFunction, providerSlots } from "../../generated/provider.ts";
import { winpr_get_version_string } from "../../generated/winpr/functions.ts";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { FunctionTable } from "./function-table.ts";
import type { NativeFunction } from "./koffi.ts";
import { libraryOfEnvironment, type Surroundings } from "./library-choice.ts";
import { readAnsiString } from "./memory-access.ts";
import { loadSspiLibrary, type NativeLibrary, systemLibrary } from "./native-library.ts";
import type { LibraryKind } from "./security-provider.ts";
import { isWine } from "./wine.ts";

const loaded = new Map<string, SspiLibrary>();

/** The chosen SSPI library of this machine, which finds each function in the library or beside it. */
export class SspiLibrary {
  readonly file: string;
  readonly kind: LibraryKind;
  readonly version: string | undefined;
  readonly #library: NativeLibrary;
  readonly #surroundings: Surroundings;
  readonly #found = new Map<string, NativeFunction | undefined>();
  #table: FunctionTable | undefined | null = null;

  constructor(library: NativeLibrary, surroundings: Surroundings) {
    this.#library = library;
    this.#surroundings = surroundings;
    this.file = library.file;
    const winprVersion = library.bind(winpr_get_version_string);
    this.version = winprVersion && readAnsiString(BigInt(winprVersion()));
    this.kind = kindOf(library, surroundings, winprVersion !== undefined);
  }

  /** Returns a function, bound once; undefined where this machine does not have it. */
  find(declaration: FunctionDeclaration): NativeFunction | undefined {
    const { name } = declaration;
    if (!this.#found.has(name)) this.#found.set(name, this.lookUp(declaration));
    return this.#found.get(name);
  }

  /** Binds the library's own export of that name. */
  own(declaration: FunctionDeclaration): NativeFunction | undefined {
    return this.#library.bind(declaration);
  }

  /**
   * Binds a function again, for declarations from outside this package, which may declare the same name differently.
   * The order is: the library's export, the function table, the Windows DLL that the header names.
   */
  lookUp(declaration: FunctionDeclaration): NativeFunction | undefined {
    const exported = this.#library.bind(declaration) ?? this.#listed(declaration);
    if (exported) return exported;
    for (const dll of declaration.libraries) {
      const bound = systemLibrary(dll, this.#surroundings)?.bind(declaration);
      if (bound) return bound;
    }
    return undefined;
  }

  #listed(declaration: FunctionDeclaration): NativeFunction | undefined {
    const slot = providerSlots[declaration.name as ProviderFunction];
    if (slot?.member === undefined) return undefined;
    if (this.#table === null) this.#table = FunctionTable.of(this.#library);
    return this.#table?.bind(declaration, slot.member, slot.since ?? 1);
  }
}

/** The SSPI library of this process. @throws LibraryNotFoundError */
export function sspiLibrary(): SspiLibrary {
  return libraryNamed(libraryOfEnvironment());
}

/**
 * Returns the SSPI library with a name, or without one the system's, loaded once however it was chosen.
 *
 * @throws LibraryNotFoundError
 */
export function libraryNamed(named: string | undefined): SspiLibrary {
  const key = named ?? "";
  let found = loaded.get(key);
  if (!found) {
    const surroundings: Surroundings = process;
    const native = loadSspiLibrary(named, surroundings);
    const same = [...loaded.values()].find(({ file }) => file === native.file);
    found = same ?? new SspiLibrary(native, surroundings);
    loaded.set(key, found);
  }
  return found;
}

function kindOf({ file }: NativeLibrary, { platform }: Surroundings, winpr: boolean): LibraryKind {
  if (winpr) return "winpr";
  if (platform === "win32") return "secur32";
  return /sspi/i.test(basename(file)) ? "sspi-rs" : "other";
}

const own = new Map<FunctionDeclaration, NativeFunction | undefined>();

/** The places in which {@link exportOf} looks for a function. */
export interface Exports {
  /** Looks in the SSPI library. */
  own(declaration: FunctionDeclaration): NativeFunction | undefined;
  /** Looks in a Windows DLL with this name. */
  beside(dll: string, declaration: FunctionDeclaration): NativeFunction | undefined;
  /** Whether functions that the library does not export may come from Windows DLLs. */
  readonly completed: () => boolean;
}

/**
 * Finds an export of the SSPI library; where Windows completes the library (sspicli.dll), also an export of the DLLs
 * that the header names.
 */
export function exportOf(declaration: FunctionDeclaration, exports: Exports): NativeFunction | undefined {
  const exported = exports.own(declaration);
  if (exported || !exports.completed()) return exported;
  for (const dll of declaration.libraries) {
    const bound = exports.beside(dll, declaration);
    if (bound) return bound;
  }
  return undefined;
}

/**
 * A function of the machine's SSPI library, or of sspicli.dll beside Microsoft's secur32.dll, which does not forward
 * all functions. Wine's sspicli.dll is not used: it exports functions that it does not implement, and calling one ends
 * the process.
 *
 * @throws LibraryNotFoundError
 */
export function sspiFunction(declaration: FunctionDeclaration): NativeFunction | undefined {
  if (!own.has(declaration)) {
    const library = sspiLibrary();
    const found = exportOf(declaration, {
      own: (wanted) => library.own(wanted),
      beside: (dll, wanted) => systemLibrary(dll, process)?.bind(wanted),
      completed: () => library.kind === "secur32" && !isWine(),
    });
    own.set(declaration, found);
  }
  return own.get(declaration);
}
