/** A library that {@link bind} was given cannot be loaded, or lacks functions. Nothing was called. */
export class BindError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_BIND";
  /** The library, as it was looked for: a path, or a name that the system's loader finds. */
  readonly library: string;
  /** The functions that the library does not export; empty where it could not be loaded. */
  readonly missing: readonly string[];

  /** @internal */
  constructor(library: string, missing: readonly string[], options: { readonly cause?: unknown } = {}) {
    const { cause } = options;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = missing.length > 0 ? `does not export ${missing.join(", ")}` : `cannot be loaded: ${reason}`;
    super(`bind: ${library} ${problem}`, options);
    this.name = "BindError";
    this.library = library;
    this.missing = missing;
  }
}
