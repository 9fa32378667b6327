import { SEC_E_OK } from "../../generated/status/constants.ts";
import { SspiError } from "./sspi-error.ts";
import { type StatusCode, statusFact } from "./status-facts.ts";

/** Who can tell more of a failure than its status does: a provider that translates what its packages said. */
export interface StatusSource {
  explain?(status: number, call?: Promise<number>): Error | undefined;
}

/** The facts of a failure. */
export interface Failure {
  /** The native function. */
  readonly operation: string;
  readonly status: number;
  /** A message for the peer that the function made. */
  readonly token?: Buffer | undefined;
  readonly cause?: unknown;
}

/** Whether a status is of the classes that the headers call errors and warnings: severity bit set. */
export function isFailure(status: number): boolean {
  return status >>> 0 >= 0x8000_0000;
}

/**
 * The only place where a status becomes an error. Success is `SEC_E_OK`, and `also` where the documentation of the
 * function names more; any other status, such as a Win32 error, is a failure although its number is positive.
 *
 * @returns the status, unsigned.
 * @throws SspiError whose `cause` is what the source says of the failure.
 */
export function check(operation: string, status: number, source?: StatusSource, also?: readonly number[]): number {
  if (status === SEC_E_OK) return SEC_E_OK;
  const unsigned = status >>> 0;
  if (also?.includes(unsigned)) return unsigned;
  throw failure({ operation, status: unsigned, cause: source?.explain?.(unsigned) });
}

const wrongPassword = ", or the client used a wrong password";

/** What a status means besides, of the function that it comes from. */
const also: Readonly<Record<string, Partial<Record<StatusCode, string>>>> = {
  // Where no identity is given, Kerberos takes the tickets of the user.
  AcquireCredentialsHandleW: {
    SEC_E_NO_CREDENTIALS: ": neither an identity nor, of Kerberos, tickets (kinit) or keys",
  },
  // NTLM's server finds out with the client's message integrity code that the two passwords differ: in the leg, or when
  // the leg's token is completed.
  AcceptSecurityContext: { SEC_E_MESSAGE_ALTERED: wrongPassword },
  CompleteAuthToken: { SEC_E_MESSAGE_ALTERED: wrongPassword },
};

/** The error of a status that is no success. */
export function failure({ operation, status, token, cause }: Failure): SspiError {
  const { code, text } = statusFact(status);
  const meaning = `${text}${also[operation]?.[code] ?? ""}`;
  return new SspiError({ code, status: status >>> 0, operation, text: meaning, ...(token ? { token } : {}), cause });
}
