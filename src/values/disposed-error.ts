/** Something was used after it was closed. With `SSPI_DEBUG=1` its `cause` says where the thing was created. */
export class DisposedError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_DISPOSED";

  constructor(what: string, origin?: string) {
    super(`${what} has been closed and cannot be used any more`);
    this.name = "DisposedError";
    if (origin !== undefined) this.cause = Object.assign(new Error(`${what} was created here`), { stack: origin });
  }
}
