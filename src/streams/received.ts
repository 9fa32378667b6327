/** The minimum size of the buffer for incomplete messages. */
const least = 1 << 12;

/**
 * Received bytes that are not decrypted yet. However small the received pieces are, each byte is copied only a few
 * times.
 */
export class Received {
  #room: Uint8Array = new Uint8Array();
  #start = 0;
  #end = 0;

  /** A view, valid until the next change. */
  get bytes(): Uint8Array {
    return this.#room.subarray(this.#start, this.#end);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.length === 0) {
      this.#hold(bytes);
      return;
    }
    if (this.#end + bytes.length > this.#room.length) {
      const size = this.length + bytes.length;
      const room = Buffer.allocUnsafeSlow(Math.max(least, 2 * size));
      room.set(this.bytes);
      [this.#room, this.#start, this.#end] = [room, 0, this.length];
    }
    this.#room.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Replaces the bytes with the unused rest: a part of {@link bytes} at its end, or what a package made of that. */
  replace(rest: Uint8Array): void {
    if (rest.buffer === this.#room.buffer && rest.byteOffset + rest.length === this.#room.byteOffset + this.#end) {
      this.#start = this.#end - rest.length;
      return;
    }
    this.#hold(rest);
  }

  #hold(bytes: Uint8Array): void {
    [this.#room, this.#start, this.#end] = [bytes, 0, bytes.length];
  }
}
