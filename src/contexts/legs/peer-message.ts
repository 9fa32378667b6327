import { SEC_E_INVALID_TOKEN } from "../../../generated/status/constants.ts";
import { failure } from "../../status/index.ts";
import { checkBytes } from "../../values/index.ts";

/** What is kept of a message that is not all there, in bytes: no handshake comes near, and a peer must not fill memory. */
const longest = 1 << 20;

/** The peer's message, as legs are fed with it: it may come in pieces, and be fed twice. */
export class PeerMessage {
  /** Bytes of which the rest has not come yet. */
  #partial: Uint8Array | undefined;
  /** To be fed once more, perhaps with another credential. */
  #repeated: Uint8Array | undefined;

  /** What the next leg is fed with; undefined where there is nothing. @throws TypeError for a token that is none. */
  next(token: Uint8Array | undefined): Uint8Array | undefined {
    if (token === undefined) return this.#repeated;
    const bytes = checkBytes(token, "token");
    return this.#partial ? checkBytes(Buffer.concat([this.#partial, bytes]), "token") : bytes;
  }

  /** The leg of that native function needs more of it. @throws SspiError `SEC_E_INVALID_TOKEN` for one that has no end. */
  keepPart(token: Uint8Array | undefined, operation: string): void {
    if (token && token.length > longest) {
      const cause = new RangeError(`the peer's message has no end, ${token.length} bytes so far`);
      throw failure({ operation, status: SEC_E_INVALID_TOKEN, cause });
    }
    this.#partial = token && Buffer.from(token);
    this.#repeated = undefined;
  }

  /** The leg needs it again. */
  keepAll(token: Uint8Array | undefined): void {
    this.#partial = undefined;
    this.#repeated = token && Buffer.from(token);
  }

  /** The leg took it. */
  drop(): void {
    this.#partial = undefined;
    this.#repeated = undefined;
  }
}
