import type { NtStatusName, SspiStatusName } from "../../../generated/status.ts";
import { isFailure, statusNumber } from "../../status/index.ts";
import { checkBytes, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";

/** A status by its name in the headers. */
export type PackageStatus = SspiStatusName | NtStatusName;

interface ErrorOptions {
  readonly token?: Uint8Array;
  readonly message?: string;
}

const optionNames: OptionNames<ErrorOptions> = { token: true, message: true };

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

  /** @throws TypeError or RangeError for a name that the headers do not have, or that is no failure, and wrong options. */
  constructor(code: PackageStatus, options: { token?: Uint8Array; message?: string } = {}) {
    const status = typeof code === "string" ? statusNumber(code) : undefined;
    if (status === undefined || !isFailure(status))
      throw new RangeError(`code: expected the name of a failure, such as "SEC_E_LOGON_DENIED"; got ${shapeOf(code)}`);
    const { token, message = code } = readOptions<ErrorOptions>(options, "options", optionNames);
    if (typeof message !== "string") throw new TypeError(`message: expected a string, got ${shapeOf(message)}`);
    super(message);
    this.name = "PackageError";
    this.code = code;
    this.status = status;
    this.token = token === undefined ? undefined : checkBytes(token, "token");
  }
}
