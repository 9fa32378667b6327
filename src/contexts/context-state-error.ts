/** A context that is used in a way its state does not allow. */
export class ContextStateError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_STATE";

  constructor(message: string) {
    super(message);
    this.name = "ContextStateError";
  }
}
