import { SecureStreamError } from "./stream-error.ts";

/** The period of the limits, as `tls.CLIENT_RENEG_WINDOW`, in milliseconds. */
const period = 600_000;
/** The number of handshakes allowed in a period, as `tls.CLIENT_RENEG_LIMIT`. */
const handshakes = 3;
/**
 * The number of tickets and key updates of TLS 1.3 allowed in a period. They cost less than a handshake, and are usual.
 */
const messages = 100;

/** The outer content type of all TLS 1.3 records after the handshake. */
const applicationData = 23;

/** Counts a peer's requests other than data, which cost the peer little and this side much. */
export class Renegotiations {
  #since = 0;
  #handshakes = 0;
  #messages = 0;

  /** Counts one request, by the first byte of its record. @throws SecureStreamError `SSPI_RENEGOTIATION` */
  count(type: number | undefined, now = performance.now()): void {
    if (now - this.#since >= period) {
      this.#since = now;
      this.#handshakes = 0;
      this.#messages = 0;
    }
    if (type === applicationData) this.#messages += 1;
    else this.#handshakes += 1;
    if (this.#handshakes > handshakes || this.#messages > messages)
      throw new SecureStreamError("SSPI_RENEGOTIATION", "the peer asked for new handshakes too often");
  }
}
