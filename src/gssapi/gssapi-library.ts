import * as declarations from "../../generated/gssapi/functions.ts";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { type NativeFunction, NativeLibrary, NativeModuleError } from "../native/index.ts";
import { GssapiNotFoundError, type GssapiSurroundings, gssapiCandidates } from "./library-choice.ts";

const functions = { ...declarations };
export type GssapiFunction = keyof typeof functions;

/** The implementation of GSSAPI. */
export type Flavour = "mit" | "heimdal" | "apple";

/** A loaded GSSAPI library, and its functions, bound on first use. */
export class GssapiLibrary {
  /** The soname or path that the library was loaded by. */
  readonly file: string;
  readonly flavour: Flavour;
  readonly #library: NativeLibrary;
  readonly #kerberos: NativeLibrary | undefined;
  readonly #found = new Map<GssapiFunction, NativeFunction | undefined>();

  constructor(library: NativeLibrary, kerberos: NativeLibrary | undefined) {
    this.file = library.file;
    this.#library = library;
    this.#kerberos = kerberos;
    this.flavour = flavourOf(library);
  }

  /** Returns the function, or undefined if the library does not export it. */
  find(name: GssapiFunction): NativeFunction | undefined {
    if (!this.#found.has(name)) this.#found.set(name, this.#bind(functions[name]));
    return this.#found.get(name);
  }

  /** Returns a function that the library is known to export. */
  get(name: GssapiFunction): NativeFunction {
    const found = this.#found.get(name) ?? this.find(name);
    if (!found) throw new Error(`${this.file} has no ${name}`);
    return found;
  }

  /** Whether the library itself exports the function, e.g. an MIT function that Heimdal does not have. */
  has(name: GssapiFunction): boolean {
    return this.find(name) !== undefined;
  }

  #bind(declaration: FunctionDeclaration): NativeFunction | undefined {
    if (declaration.header === "krb5.h") return this.#kerberos?.bind(declaration);
    const exported = this.#library.bind(declaration);
    if (exported || this.flavour !== "apple") return exported;
    // Apple exports the functions for messages in parts under private names.
    return this.#library.bind({ ...declaration, name: `__ApplePrivate_${declaration.name}` });
  }
}

function flavourOf(library: NativeLibrary): Flavour {
  if (library.exports("gss_acquire_cred_from")) return "mit";
  return library.exports("__ApplePrivate_gss_wrap_iov") ? "apple" : "heimdal";
}

const loaded = new Map<string, GssapiLibrary>();

/**
 * Returns the GSSAPI library of this machine, or the one of that path or soname; loads each once.
 *
 * @throws GssapiNotFoundError naming the libraries that were tried and what to install.
 */
export function gssapiLibrary(file: string | undefined, surroundings: GssapiSurroundings = process): GssapiLibrary {
  const key = file ?? "";
  const known = loaded.get(key);
  if (known) return known;
  const tried: { library: string; reason: string }[] = [];
  for (const candidate of gssapiCandidates(file, surroundings)) {
    try {
      const library = new GssapiLibrary(NativeLibrary.load(candidate.gssapi), loadedOrNone(candidate.kerberos));
      loaded.set(key, library);
      return library;
    } catch (error) {
      // Without the native module no library can be tried.
      if (error instanceof NativeModuleError) throw error;
      tried.push({ library: candidate.gssapi, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new GssapiNotFoundError(tried, surroundings.platform);
}

function loadedOrNone(file: string): NativeLibrary | undefined {
  try {
    return NativeLibrary.load(file);
  } catch {
    return undefined;
  }
}
