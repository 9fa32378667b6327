import { inspect } from "node:util";
import type { NtStatusName, SspiStatusName } from "../../../generated/status.ts";
import { isFailure, shownError, statusNumber } from "../../status/index.ts";
import { checkBytes, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";

/** The name of a status in the headers. */
export type PackageStatus = SspiStatusName | NtStatusName;

interface ErrorOptions {
  readonly token?: Uint8Array;
  readonly message?: string;
}

const optionNames: OptionNames<ErrorOptions> = { token: true, message: true };

/**
 * The error by which a package written in TypeScript fails: the caller gets its status. The error of a leg may carry a
 * `token` for the peer. For any other thrown value the caller gets `SEC_E_INTERNAL_ERROR`.
 */
export class PackageError extends Error {
  /** The name of the status that the caller gets. */
  readonly code: PackageStatus;
  /** The same as a number. */
  readonly status: number;
  /** The message that tells the peer about the failure. */
  declare readonly token: Uint8Array | undefined;

  /**
   * Takes the name of a failure status.
   *
   * @throws TypeError or RangeError for a name that the headers do not have, a status that is not a failure, and wrong
   *   options.
   */
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
    // Not enumerable, so that nothing shows its bytes; a subclass may define another one.
    const value = token === undefined ? undefined : checkBytes(token, "token");
    Object.defineProperty(this, "token", { value, configurable: true });
  }

  [inspect.custom](_depth: number, options: object): string {
    const fields = Object.entries(this).filter(([name]) => name !== "name");
    return shownError(this, options, fields.map(([name, value]) => `\n  ${name}: ${inspect(value, options)}`).join(""));
  }
}
