/** A refusal by the provider, with its status. */
export class ProviderError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "GssapiError";
    this.status = status;
  }
}

/** A failure of a GSSAPI function, in the library's words: the cause of an `SspiError`. */
export class GssapiError extends ProviderError {
  /** The name of the function. */
  readonly operation: string;
  /** The major status; its upper half is the kind of failure. */
  readonly major: number;
  /** The minor status: the mechanism's own number, such as an error of libkrb5. */
  readonly minor: number;

  constructor(status: number, operation: string, major: number, minor: number, text: string) {
    super(status, `${operation}: ${text} (major 0x${major.toString(16)}, minor ${minor | 0})`);
    this.operation = operation;
    this.major = major;
    this.minor = minor | 0;
  }
}
