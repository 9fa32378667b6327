import { SEC_E_INVALID_TOKEN } from "../../../generated/status/constants.ts";
import { failure } from "../../status/index.ts";
import { checkBytes } from "../../values/index.ts";

/**
 * How many bytes of an incomplete message are kept: no handshake needs this many, and a peer must not fill the memory.
 */
const longest = 1 << 20;

/** The peer's message as the input of legs: it may arrive in pieces, and two legs may need it. */
export class PeerMessage {
  /** The bytes of a message whose rest has not arrived yet. */
  #partial: Uint8Array | undefined;
  /** The message that the next leg needs again, perhaps with another credential. */
  #repeated: Uint8Array | undefined;

  /** The input of the next leg; undefined if there is none. @throws TypeError for a token that is not bytes. */
  next(token: Uint8Array | undefined): Uint8Array | undefined {
    if (token === undefined) return this.#repeated;
    const bytes = checkBytes(token, "token");
    return this.#partial ? checkBytes(Buffer.concat([this.#partial, bytes]), "token") : bytes;
  }

  /**
   * Keeps an incomplete message of which a leg needs more.
   *
   * @throws SspiError `SEC_E_INVALID_TOKEN` if it is too long.
   */
  keepPart(token: Uint8Array | undefined, operation: string): void {
    if (token && token.length > longest) {
      const cause = new RangeError(`the peer's message has no end, ${token.length} bytes so far`);
      throw failure({ operation, status: SEC_E_INVALID_TOKEN, cause });
    }
    this.#partial = token && Buffer.from(token);
    this.#repeated = undefined;
  }

  /** Keeps the whole message, because the next leg needs it again. */
  keepAll(token: Uint8Array | undefined): void {
    this.#partial = undefined;
    this.#repeated = token && Buffer.from(token);
  }

  /** Drops the message, because the leg took it. */
  drop(): void {
    this.#partial = undefined;
    this.#repeated = undefined;
  }
}
