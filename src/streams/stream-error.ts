/**
 * The reason why a stream failed, other than the failure of a native function:
 *
 * - `SSPI_TRUNCATED`: the transport ended before the peer's closing message, so the data may be incomplete.
 * - `SSPI_TRANSPORT_CLOSED`: the transport was closed under the stream.
 * - `SSPI_SERVER_IDENTITY`: the server's certificate is not for the requested name, or there is none.
 * - `SSPI_HANDSHAKE_TIMEOUT`: the handshake took longer than `handshakeTimeout`.
 * - `SSPI_RENEGOTIATION`: the peer asked for a new handshake, and the package cannot begin one; or it asked too often
 *   (more than 3 times in 10 minutes, as with `node:tls`; 100 for tickets and keys of TLS 1.3).
 * - `SSPI_RECORD_TOO_LONG`: the peer began a message that does not end.
 */
export type SecureStreamErrorCode =
  | "SSPI_TRUNCATED"
  | "SSPI_TRANSPORT_CLOSED"
  | "SSPI_SERVER_IDENTITY"
  | "SSPI_HANDSHAKE_TIMEOUT"
  | "SSPI_RENEGOTIATION"
  | "SSPI_RECORD_TOO_LONG";

/** A failure of a secure stream that is not a failure of a native function. */
export class SecureStreamError extends Error {
  /** The reason of the failure. */
  readonly code: SecureStreamErrorCode;

  constructor(code: SecureStreamErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SecureStreamError";
    this.code = code;
  }
}

/** The error of a handshake that took longer than `handshakeTimeout` allows. */
export function handshakeTooLate(time: number): SecureStreamError {
  return new SecureStreamError("SSPI_HANDSHAKE_TIMEOUT", `the handshake was not complete after ${time} ms`);
}
