/** What was to be hosted cannot be: the message says why, and what would help. Nothing of it stays behind. */
export class PackageLoadError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_PACKAGE_LOAD";
  /** The file, or the package's name where it is written in TypeScript. */
  readonly module: string;

  constructor(module: string, reason: string, cause?: unknown) {
    super(`${module}: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PackageLoadError";
    this.module = module;
  }
}
