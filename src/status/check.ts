import { SEC_E_OK } from "../../generated/status/constants.ts";
import { SspiError } from "./sspi-error.ts";
import { type StatusCode, statusFact } from "./status-facts.ts";

/** A source of more details about a failure than its status: a provider that translates the errors of its packages. */
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

/** Whether a status is an error or a warning in the terms of the headers: its severity bit is set. */
export function isFailure(status: number): boolean {
  return status >>> 0 >= 0x8000_0000;
}

/**
 * The only place where a status becomes an error. Success is `SEC_E_OK`, or a status in `also` if the function's
 * documentation names more successes; any other status is a failure, also a Win32 error, although its number is
 * positive.
 *
 * @returns the status, unsigned.
 * @throws SspiError whose `cause` is the source's explanation of the failure.
 */
export function check(operation: string, status: number, source?: StatusSource, also?: readonly number[]): number {
  if (status === SEC_E_OK) return SEC_E_OK;
  const unsigned = status >>> 0;
  if (also?.includes(unsigned)) return unsigned;
  throw failure({ operation, status: unsigned, cause: source?.explain?.(unsigned) });
}

const wrongPassword = ", or the client used a wrong password";

/** Additional meanings of a status that a particular function returns. */
const also: Readonly<Record<string, Partial<Record<StatusCode, string>>>> = {
  // Without an identity, Kerberos uses the tickets of the current user.
  AcquireCredentialsHandleW: {
    SEC_E_NO_CREDENTIALS: ": neither an identity nor, of Kerberos, tickets (kinit) or keys",
  },
  // NTLM's server detects a different password by the client's message integrity code, in the leg or when the leg's
  // token is completed.
  AcceptSecurityContext: { SEC_E_MESSAGE_ALTERED: wrongPassword },
  CompleteAuthToken: { SEC_E_MESSAGE_ALTERED: wrongPassword },
};

/** Makes the error for a failure status. */
export function failure(facts: Failure): SspiError {
  const { operation, status } = facts;
  // A token in a polluted prototype must not reach the peer.
  const token = Object.hasOwn(facts, "token") ? facts.token : undefined;
  const cause = Object.hasOwn(facts, "cause") ? facts.cause : undefined;
  const { code, text } = statusFact(status);
  const meaning = `${text}${also[operation]?.[code] ?? ""}`;
  return new SspiError({ code, status: status >>> 0, operation, text: meaning, token, cause });
}
