import { SSL_AD_REASON_OFFSET } from "../../generated/openssl/constants.ts";
import { readAnsiString } from "../native/index.ts";
import { openSsl } from "./openssl.ts";

/**
 * Why a connection cannot be used: `protocol` is a peer that does not speak TLS as it must, `alert` one that said why
 * it goes, `untrusted` a chain that is not trusted, `name` a certificate of somebody else, `truncated` a transport
 * that ended before the peer's goodbye.
 */
export type TlsFailure = "protocol" | "alert" | "untrusted" | "name" | "truncated";

export interface TlsErrorDetails {
  readonly failure: TlsFailure;
  /** OpenSSL's reason (`SSL_R_*`) of a `protocol`, the alert's number of an `alert`, `X509_V_*` of `untrusted`. */
  readonly reason?: number;
  readonly cause?: unknown;
}

/** A TLS connection failed. */
export class TlsError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_TLS";
  /** What went wrong, in a word. */
  readonly failure: TlsFailure;
  /** OpenSSL's number for it, where OpenSSL has refused. */
  readonly reason: number | undefined;
  /** What the peer has to be sent, so that it learns why; empty where there is nothing to say. */
  readonly farewell: Buffer;

  constructor(message: string, { failure, reason, cause }: TlsErrorDetails, farewell: Buffer = Buffer.alloc(0)) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "TlsError";
    this.failure = failure;
    this.reason = reason;
    this.farewell = farewell;
  }
}

/** The lower bits of an error are its reason; above are the library's number and flags. */
const reasonBits = 23n;

/** What this thread's error queue says happened in `operation`; the queue is empty afterwards. */
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
