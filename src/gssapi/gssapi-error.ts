/** Something that the provider refuses, with the status that says so. */
export class ProviderError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "GssapiError";
    this.status = status;
  }
}

/** What a GSSAPI function failed with, in the library's words: the cause of an `SspiError`. */
export class GssapiError extends ProviderError {
  /** The function. */
  readonly operation: string;
  readonly major: number;
  readonly minor: number;

  constructor(status: number, operation: string, major: number, minor: number, text: string) {
    super(status, `${operation}: ${text} (major 0x${major.toString(16)}, minor ${minor | 0})`);
    this.operation = operation;
    this.major = major;
    this.minor = minor | 0;
  }
}
