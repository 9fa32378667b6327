import { Received } from "../streams/received.ts";
import { CredsspError } from "./credssp-error.ts";

/** The longest message that is read, in bytes: its sender has not authenticated. */
export const longestRequest = 0x1_0000;

/** Cuts the decrypted bytes of TLS into messages. */
export class RequestReader {
  readonly #received = new Received();

  /** The received bytes that belong to no message taken so far. */
  get rest(): Buffer {
    const { buffer, byteOffset, length } = this.#received.bytes;
    return Buffer.from(buffer, byteOffset, length);
  }

  /** @throws CredsspError `SEC_E_INVALID_TOKEN` for bytes that are not a message, or for a message that is too long */
  push(bytes: Uint8Array): void {
    this.#received.append(Buffer.from(bytes));
    this.#size();
  }

  /** Takes the next message; undefined while bytes of it are missing. @throws CredsspError */
  take(): Buffer | undefined {
    const size = this.#size();
    const { rest } = this;
    if (size === undefined || size > rest.length) return undefined;
    this.#received.replace(rest.subarray(size));
    return rest.subarray(0, size);
  }

  /** Returns the length of the first message; undefined while bytes of its header are missing. */
  #size(): number | undefined {
    const { rest } = this;
    const [tag, first] = rest;
    if (tag !== undefined && tag !== 0x30) throw invalid(`it begins with ${tag}`);
    if (first === undefined) return undefined;
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || count > 4) throw invalid("its length is indefinite, or has more than four bytes");
    if (rest.length < 2 + count) return undefined;
    const size = 2 + count + (count === 0 ? first : rest.readUIntBE(2, count));
    if (size > longestRequest) throw invalid(`it has ${size} bytes, of at most ${longestRequest}`);
    return size;
  }
}

function invalid(why: string): CredsspError {
  return new CredsspError("SEC_E_INVALID_TOKEN", `the peer's message is no TSRequest: ${why}`);
}
