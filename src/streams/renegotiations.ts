import { SecureStreamError } from "./stream-error.ts";

/** As `tls.CLIENT_RENEG_WINDOW`, in milliseconds. */
const period = 600_000;
/** As `tls.CLIENT_RENEG_LIMIT`. */
const handshakes = 3;
/** Tickets and new keys of TLS 1.3 cost less than a handshake, and come without being a reproach. */
const messages = 100;

/** The outer type of all records of TLS 1.3 after its handshake. */
const applicationData = 23;

/** What a peer has asked for besides data, which costs it little and this side much. */
export class Renegotiations {
  #since = 0;
  #handshakes = 0;
  #messages = 0;

  /** Counts one, by the first byte of the record that asks. @throws SecureStreamError `SSPI_RENEGOTIATION` */
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
