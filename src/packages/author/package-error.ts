import type { NtStatusName, SspiStatusName } from "../../../generated/status.ts";
import { isFailure, statusNumber } from "../../status/index.ts";

/** A status by its name in the headers. */
export type PackageStatus = SspiStatusName | NtStatusName;

/**
 * How a package written in TypeScript fails: throw it, and the caller gets its status. A leg's error may carry a
 * `token` that tells the peer. Anything else that is thrown is `SEC_E_INTERNAL_ERROR` for the caller.
 */
export class PackageError extends Error {
  /** The name of the status that the caller gets. */
  readonly code: PackageStatus;
  /** The same as a number. */
  readonly status: number;
  /** What the peer is to be told of the failure. */
  readonly token: Uint8Array | undefined;

  /** @throws RangeError for a name that the headers do not have, or that is no failure. */
  constructor(code: PackageStatus, { token, message = code }: { token?: Uint8Array; message?: string } = {}) {
    super(message);
    this.name = "PackageError";
    const status = statusNumber(code);
    if (status === undefined || !isFailure(status))
      throw new RangeError(`code: expected the name of a failure, such as "SEC_E_LOGON_DENIED"; got ${String(code)}`);
    this.code = code;
    this.status = status;
    this.token = token;
  }
}
