import type { SystemFailure } from "../native/index.ts";

/** What GetLastError says where a value is no handle, or one that does not allow the question. */
const meanings: Readonly<Record<number, string>> = {
  5: "the token does not allow to be asked",
  6: "its value is no token of the system",
};

/**
 * An access token does not tell what was asked: its value is none that the system knows, as where a package made it
 * up, or the system has no tokens. `status` is what GetLastError says, 0 where it says nothing.
 */
export class AccessTokenError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_ACCESS_TOKEN";
  /** The native function that failed. */
  readonly operation: string;
  /** What `GetLastError` returned; 0 where nothing native failed. */
  readonly status: number;

  constructor({ operation, error }: SystemFailure, cause?: unknown) {
    const reason = error === 0 ? "this system has no access tokens" : `${meanings[error] ?? "it failed"} (${error})`;
    super(`${operation}: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "AccessTokenError";
    this.operation = operation;
    this.status = error;
  }
}
