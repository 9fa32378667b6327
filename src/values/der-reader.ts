/**
 * Which encodings of a length are accepted: only the shortest one (DER), or longer ones too (BER). Indefinite lengths
 * are always refused.
 */
export type DerLengths = "shortest" | "any";

/** Reads one level of DER, strictly: definite lengths, low tag numbers, nothing left over. */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #lengths: DerLengths;
  #at = 0;
  #limit: number;

  constructor(bytes: Uint8Array, lengths: DerLengths = "shortest") {
    this.#bytes = bytes;
    this.#lengths = lengths;
    this.#limit = bytes.length;
  }

  /** The tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.#at < this.#limit ? this.#bytes[this.#at] : undefined;
  }

  /** Reads the content of the next element, which must have this tag. @throws RangeError */
  take(tag: number): Uint8Array {
    const [start, end] = this.#element(tag);
    return this.#bytes.subarray(start, end);
  }

  /** Returns a reader of the content of the next element, which must have this tag. @throws RangeError */
  enter(tag: number): DerReader {
    const [start, end] = this.#element(tag);
    const inner = new DerReader(this.#bytes, this.#lengths);
    inner.#at = start;
    inner.#limit = end;
    return inner;
  }

  /** Returns and consumes the rest of this level, for content that is not DER. */
  rest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#at, this.#limit);
    this.#at = this.#limit;
    return rest;
  }

  /** @throws RangeError where something follows what was read. */
  end(): void {
    if (this.#at !== this.#limit) throw new RangeError(`DER: expected the end at byte ${this.#at}`);
  }

  #element(tag: number): [number, number] {
    const at = this.#at;
    if (this.tag !== tag) throw new RangeError(`DER: expected tag ${tag} at byte ${at}, got ${this.tag ?? "the end"}`);
    const [length, start] = this.#length(at + 1);
    if (length > this.#limit - start) throw new RangeError(`DER: the element at byte ${at} ends early`);
    this.#at = start + length;
    return [start, this.#at];
  }

  /** Reads the length at a position; returns it with the position at which the content starts. */
  #length(at: number): [number, number] {
    const first = this.#byte(at);
    if (first < 0x80) return [first, at + 1];
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new RangeError(`DER: a length of this form at byte ${at} is not allowed`);
    let length = 0;
    for (let index = 1; index <= count; index++) length = length * 256 + this.#byte(at + index);
    if (this.#lengths === "shortest" && (length < 0x80 || length < 256 ** (count - 1)))
      throw new RangeError(`DER: the length at byte ${at} is not in its shortest form`);
    return [length, at + 1 + count];
  }

  #byte(at: number): number {
    if (at >= this.#limit) throw new RangeError(`DER: the element at byte ${this.#at} ends early`);
    return this.#bytes[at] as number;
  }
}
