import type { SystemFailure } from "../native/index.ts";

/**
 * The meanings of two GetLastError codes: 5 for a handle that does not allow the query, 6 for a value that is not a
 * handle.
 */
const meanings: Readonly<Record<number, string>> = {
  5: "the token does not allow to be asked",
  6: "its value is no token of the system",
};

/**
 * A query of an access token failed: either the system does not know the token's value, for example because a package
 * made it up, or the system has no access tokens. `status` is the code from GetLastError, 0 if there is none.
 */
export class AccessTokenError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
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
