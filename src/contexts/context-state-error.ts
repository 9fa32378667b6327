/** A context was used in a way that its state does not allow. */
export class ContextStateError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_STATE";

  constructor(message: string) {
    super(message);
    this.name = "ContextStateError";
  }
}
