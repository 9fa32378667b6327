/** A library for {@link bind} cannot be loaded or lacks functions. No native function was called. */
export class BindError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_BIND";
  /** The library as it was requested: a path, or a name for the system's loader. */
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
