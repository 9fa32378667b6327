import { basename } from "node:path";
import { type ProviderFunction, providerSlots } from "../../generated/provider.ts";
import { winpr_get_version_string } from "../../generated/winpr/functions.ts";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { FunctionTable } from "./function-table.ts";
import type { NativeFunction } from "./koffi.ts";
import type { Surroundings } from "./library-choice.ts";
import { readAnsiString } from "./memory-access.ts";
import { loadSspiLibrary, type NativeLibrary, systemLibrary } from "./native-library.ts";
import type { LibraryKind } from "./security-provider.ts";
import { isWine } from "./wine.ts";

const loaded = new Map<string, SspiLibrary>();

/** The chosen SSPI library of this machine, and where each function is found with it. */
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

  /** The function, bound once; undefined where this machine does not have it. */
  find(declaration: FunctionDeclaration): NativeFunction | undefined {
    const { name } = declaration;
    if (!this.#found.has(name)) this.#found.set(name, this.lookUp(declaration));
    return this.#found.get(name);
  }

  /** The library's own export of that name. */
  own(declaration: FunctionDeclaration): NativeFunction | undefined {
    return this.#library.bind(declaration);
  }

  /**
   * The function, bound anew: for declarations of somebody else's, which may say otherwise of the same name. By export
   * first; by the function table where there is none; from the DLL of Windows that the header names.
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

/** Loaded once per library, whichever way it was chosen. @throws LibraryNotFoundError */
export function sspiLibrary(library?: string): SspiLibrary {
  const surroundings: Surroundings = process;
  const key = library ?? surroundings.env["SSPI_LIBRARY"] ?? "";
  let found = loaded.get(key);
  if (!found) {
    const native = loadSspiLibrary(library, surroundings);
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

/** Where {@link exportOf} looks. */
export interface Exports {
  /** Of the SSPI library. */
  own(declaration: FunctionDeclaration): NativeFunction | undefined;
  /** Of a DLL of Windows by name. */
  beside(dll: string, declaration: FunctionDeclaration): NativeFunction | undefined;
  /** Whether DLLs of Windows may be asked for what the library does not export. */
  readonly completed: () => boolean;
}

/** What the SSPI library exports itself, and where Windows completes it (sspicli.dll), what the header's DLLs export. */
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
 * A function of the machine's SSPI library, or of sspicli.dll beside Microsoft's secur32.dll, which does not forward all
 * of it. Wine's sspicli.dll exports more than it has: a call of such a function ends the process.
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
