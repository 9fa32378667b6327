/** What was to be hosted cannot be: the message says why, and what would help. Nothing of it stays behind. */
export class PackageLoadError extends Error {
  readonly code = "SSPI_PACKAGE_LOAD";
  /** The file, or the package's name where it is written in TypeScript. */
  readonly module: string;

  constructor(module: string, reason: string, cause?: unknown) {
    super(`${module}: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PackageLoadError";
    this.module = module;
  }
}
