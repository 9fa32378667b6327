import type { Address } from "../../ctypes/index.ts";
import { withLastError } from "../../native/index.ts";

/** The meanings of the most frequent errors; Windows has thousands. */
const meanings: Readonly<Record<number, string>> = {
  2: "there is no such store",
  5: "access is denied",
  86: "the password is wrong",
  2148073489: "no such key set is there",
  2148081668: "no certificate fits",
  2148086027: "these bytes are no PFX, or a damaged one",
};

/** A function for certificates failed. `status` is the value of Windows' GetLastError; 0 if it gives none. */
export class CertificateError extends Error {
  /** Identifies the class also across two copies of this package, where `instanceof` fails. */
  readonly code = "SSPI_CERTIFICATE";
  /** The native function that failed. */
  readonly operation: string;
  /** The value of `GetLastError`. */
  readonly status: number;

  constructor(operation: string, status: number, unsaid: string) {
    const number = status > 0xffff ? `0x${status.toString(16)}` : `${status}`;
    const reason = status === 0 ? unsaid : `${meanings[status] ?? "it failed"} (${number})`;
    super(`${operation}: ${reason}`);
    this.name = "CertificateError";
    this.operation = operation;
    this.status = status;
  }
}

/**
 * Returns the result of the call unless it is NULL or FALSE. `unsaid` is the error's text if Windows gives no reason.
 *
 * @throws CertificateError
 */
export function answered(operation: string, call: () => Address, unsaid: string): bigint {
  const { answer, error } = withLastError(call);
  if (BigInt(answer) === 0n) throw new CertificateError(operation, error, unsaid);
  return BigInt(answer);
}
