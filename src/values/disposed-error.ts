/** An object was used after it was closed. With `SSPI_DEBUG=1` the `cause` says where the object was created. */
export class DisposedError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_DISPOSED";

  constructor(what: string, origin?: string) {
    super(`${what} has been closed and cannot be used any more`);
    this.name = "DisposedError";
    if (origin !== undefined) this.cause = Object.assign(new Error(`${what} was created here`), { stack: origin });
  }
}
