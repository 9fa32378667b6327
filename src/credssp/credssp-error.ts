import { PackageError, type PackageStatus } from "../packages/author/index.ts";
import { isFailure, statusFact, statusNumber } from "../status/index.ts";

export interface CredsspErrorDetails {
  /** The status that a server sent. */
  readonly errorCode?: number;
  /** What the peer has to be sent, so that it learns why. */
  readonly token?: Uint8Array;
  readonly cause?: unknown;
}

/**
 * A CredSSP exchange failed. The package of that name fails with the same `code`, and has this as the `cause` of its
 * `SspiError`. `errorCode` is the NTSTATUS that a server sent, where it sent one.
 */
export class CredsspError extends PackageError {
  /** The NTSTATUS that a server sent, where it sent one. */
  readonly errorCode: number | undefined;

  constructor(code: PackageStatus, message: string, { errorCode, token, cause }: CredsspErrorDetails = {}) {
    super(code, { message: `CredSSP: ${message}`, ...(token && { token }) });
    this.name = "CredsspError";
    this.errorCode = errorCode;
    if (cause !== undefined) this.cause = cause;
  }
}

/** The name of a status, where it is one of the headers and a failure. */
export function failureName(status: number): PackageStatus | undefined {
  const code = statusFact(status).code as PackageStatus;
  return isFailure(status) && statusNumber(code) !== undefined ? code : undefined;
}
