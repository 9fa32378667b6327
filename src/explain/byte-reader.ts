/** Reads fields one after another; refuses to read past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws RangeError */
  take(size: number): Buffer {
    if (size > this.#bytes.length - this.#at) throw new RangeError(`expected ${size} bytes at byte ${this.#at}`);
    const start = this.#at;
    this.#at += size;
    return this.#bytes.subarray(start, this.#at);
  }

  /** A number in network order. @throws RangeError */
  number(width: 1 | 2 | 3): number {
    return this.take(width).readUIntBE(0, width);
  }

  /** Bytes that are preceded by their size. @throws RangeError */
  vector(width: 1 | 2 | 3): ByteReader {
    return new ByteReader(this.take(this.number(width)));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
