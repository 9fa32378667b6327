import type { Address } from "../../ctypes/index.ts";
import { withLastError } from "../../native/index.ts";

/** What the errors mean that come up most; Windows has thousands. */
const meanings: Readonly<Record<number, string>> = {
  2: "there is no such store",
  5: "access is denied",
  86: "the password is wrong",
  2148073489: "no such key set is there",
  2148081668: "no certificate fits",
  2148086027: "these bytes are no PFX, or a damaged one",
};

/** A function of certificates failed. `status` is what Windows' GetLastError says, 0 where it says nothing. */
export class CertificateError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_CERTIFICATE";
  /** The native function that failed. */
  readonly operation: string;
  /** What `GetLastError` returned. */
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

/** What the call answers, unless that is NULL or FALSE. `unsaid` is said where Windows does not say why. */
export function answered(operation: string, call: () => Address, unsaid: string): bigint {
  const { answer, error } = withLastError(call);
  if (BigInt(answer) === 0n) throw new CertificateError(operation, error, unsaid);
  return BigInt(answer);
}
