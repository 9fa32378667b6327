import { inspect } from "node:util";
import { isBytes, type OptionNames, readOptions, shapeOf, unset } from "../values/index.ts";
import { shownError } from "./shown-error.ts";
import type { StatusCode } from "./status-facts.ts";

export interface SspiErrorDetails {
  readonly code: StatusCode;
  readonly status: number;
  readonly operation: string;
  readonly text: string;
  readonly token?: Buffer | undefined;
  readonly cause?: unknown;
}

const detailNames: OptionNames<SspiErrorDetails> = {
  code: true,
  status: true,
  operation: true,
  text: true,
  token: true,
  cause: true,
};
const noDetails = unset(detailNames);

let readCode: (error: unknown) => StatusCode | undefined;

/**
 * A native function returned a failure status.
 *
 * `code` is the name of the status in the headers (`"SEC_E_LOGON_DENIED"`), `status` its unsigned number, `operation`
 * the native function. If the package made a message that informs the peer of the failure, it is the `token`: send it
 * before you close the connection.
 */
export class SspiError extends Error {
  /**
   * The name of the status in the headers, such as `"SEC_E_LOGON_DENIED"`; in hexadecimal where the headers have no
   * name.
   */
  readonly code: StatusCode;
  readonly #code: StatusCode;
  /** The status as an unsigned number. */
  readonly status: number;
  /** The native function that failed. */
  readonly operation: string;
  /** The package's message about the failure for the peer: send it, then close the connection. */
  declare readonly token: Buffer | undefined;

  static {
    readCode = (error) => (typeof error === "object" && error !== null && #code in error ? error.#code : undefined);
  }

  /** @throws TypeError or RangeError naming what is wrong with the details */
  constructor(details: SspiErrorDetails) {
    const { code, status, operation, text, token, cause } = readDetails(details);
    const number = `0x${status.toString(16).padStart(8, "0")}`;
    super(
      `${operation}: ${code === number ? code : `${code} (${number})`}: ${text}`,
      cause === undefined ? undefined : { cause },
    );
    this.name = "SspiError";
    this.code = code;
    this.#code = code;
    this.status = status;
    this.operation = operation;
    // Not enumerable, so that nothing shows its bytes. Defined also without a token, because one in a polluted prototype
    // would be sent to the peer.
    Object.defineProperty(this, "token", { value: token });
  }

  [inspect.custom](_depth: number, options: object): string {
    return shownError(this, options);
  }
}

/** The code of an SspiError, without running any code of the error; undefined for other values. */
export function codeOf(error: unknown): StatusCode | undefined {
  return readCode(error);
}

/** Callers may make such an error too, to fail as a native function does; nothing that they give is shown. */
function readDetails(given: SspiErrorDetails): SspiErrorDetails {
  const details = readOptions<SspiErrorDetails>(given, "details", detailNames, undefined, { ...noDetails });
  for (const name of ["code", "operation", "text"] as const)
    if (typeof details[name] !== "string")
      throw new TypeError(`details.${name}: expected a string, got ${shapeOf(details[name])}`);
  const { status, token } = details;
  if (typeof status !== "number" || status >>> 0 !== status)
    throw new RangeError(`details.status: expected an integer from 0 to 4294967295, got a wrong ${typeof status}`);
  if (token !== undefined && !(Buffer.isBuffer(token) && isBytes(token)))
    throw new TypeError(`details.token: expected a Buffer, got ${shapeOf(token)}`);
  return details;
}
