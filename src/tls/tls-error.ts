import { SSL_AD_REASON_OFFSET } from "../../generated/openssl/constants.ts";
import { readAnsiString } from "../native/index.ts";
import { openSsl } from "./openssl.ts";

/**
 * The reason why a connection cannot be used. `protocol`: the peer violates TLS. `alert`: the peer has sent an alert
 * that says why it ends. `untrusted`: the chain is not trusted. `name`: the certificate is for another name.
 * `truncated`: the transport ended before the peer's closing message.
 */
export type TlsFailure = "protocol" | "alert" | "untrusted" | "name" | "truncated";

export interface TlsErrorDetails {
  readonly failure: TlsFailure;
  /** OpenSSL's reason (`SSL_R_*`) for `protocol`, the alert's number for `alert`, `X509_V_*` for `untrusted`. */
  readonly reason?: number;
  readonly cause?: unknown;
}

/** A TLS connection failed. */
export class TlsError extends Error {
  /** Identifies the class also across two copies of this package, where `instanceof` fails. */
  readonly code = "SSPI_TLS";
  /** The kind of failure. */
  readonly failure: TlsFailure;
  /** OpenSSL's number for the reason, if OpenSSL has refused. */
  readonly reason: number | undefined;
  /** The bytes to send to the peer, so that it learns the reason; empty if there are none. */
  readonly farewell: Buffer;

  constructor(message: string, { failure, reason, cause }: TlsErrorDetails, farewell: Buffer = Buffer.alloc(0)) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "TlsError";
    this.failure = failure;
    this.reason = reason;
    this.farewell = farewell;
  }
}

/** The lower bits of an error number are its reason; the bits above are the library's number and flags. */
const reasonBits = 23n;

/** Makes the error for `operation` from this thread's error queue, and empties the queue. */
export function failureOf(operation: string, farewell?: Buffer): TlsError {
  const openssl = openSsl();
  const code = openssl.ERR_get_error();
  const words = readAnsiString(BigInt(openssl.ERR_reason_error_string(code)));
  openssl.ERR_clear_error();
  const reason = Number(BigInt.asUintN(Number(reasonBits), BigInt(code)));
  const message = `${operation}: ${words === "" ? `OpenSSL's error ${code}` : words}`;
  const alert = reason - SSL_AD_REASON_OFFSET;
  if (alert >= 0 && alert <= 0xff) return new TlsError(message, { failure: "alert", reason: alert }, farewell);
  return new TlsError(message, { failure: "protocol", reason }, farewell);
}
