import { PackageError, type PackageStatus } from "../packages/author/index.ts";
import { isFailure, statusFact, statusNumber } from "../status/index.ts";
import { checkUint, type OptionNames, readOptions } from "../values/index.ts";

export interface CredsspErrorDetails {
  /** The status that a server sent. */
  readonly errorCode?: number;
  /** The token that tells the peer the reason. */
  readonly token?: Uint8Array;
  readonly cause?: unknown;
}

const detailNames: OptionNames<CredsspErrorDetails> = { errorCode: true, token: true, cause: true };

/**
 * A CredSSP exchange failed. The CREDSSP package fails with the same `code`, and its `SspiError` has this error as its
 * `cause`. `errorCode` is the NTSTATUS from the server, if it sent one.
 */
export class CredsspError extends PackageError {
  /** The NTSTATUS from the server, if it sent one. */
  readonly errorCode: number | undefined;

  /** @throws TypeError or RangeError naming what is wrong with the details */
  constructor(code: PackageStatus, message: string, details: CredsspErrorDetails = {}) {
    const { errorCode, token, cause } = readOptions<CredsspErrorDetails>(details, "details", detailNames);
    if (errorCode !== undefined) checkUint(errorCode, "details.errorCode");
    super(code, { message: `CredSSP: ${message}`, ...(token !== undefined && { token }) });
    this.name = "CredsspError";
    this.errorCode = errorCode;
    // Not enumerable, as the causes of all errors are.
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, writable: true, configurable: true });
  }
}

/** Returns the name of a status if it is a failure that the headers define. */
export function failureName(status: number): PackageStatus | undefined {
  const code = statusFact(status).code as PackageStatus;
  return isFailure(status) && statusNumber(code) !== undefined ? code : undefined;
}
