/** A package cannot be hosted; the message says why and what would help. Nothing of the package stays loaded. */
export class PackageLoadError extends Error {
  /** Identifies the class also across two copies of this package, where `instanceof` fails. */
  readonly code = "SSPI_PACKAGE_LOAD";
  /** The file, or the package's name if it is written in TypeScript. */
  readonly module: string;

  constructor(module: string, reason: string, cause?: unknown) {
    super(`${module}: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PackageLoadError";
    this.module = module;
  }
}
