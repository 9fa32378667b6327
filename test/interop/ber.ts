/** An element of BER, with its length in the shortest form. */
export function element(tag: number, ...content: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  const digits: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const length = body.length < 0x80 ? [body.length] : [0x80 + digits.length, ...digits];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** Where an element's content begins and ends; undefined before its length has arrived. */
export function extent(bytes: Buffer, at = 0): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + digits;
  if (bytes.length < start) return undefined;
  return { start, end: start + (digits === 0 ? first : bytes.readUIntBE(at + 2, digits)) };
}

/** Reads BER, whose lengths may have zeros in front, as Active Directory's have: the reader of `src` takes DER only. */
export class BerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  take(tag: number): Buffer {
    const found = extent(this.#bytes, this.#at);
    if (this.tag !== tag || !found || found.end > this.#bytes.length)
      throw new Error(`expected tag ${tag} at byte ${this.#at}, got ${this.tag}`);
    this.#at = found.end;
    return this.#bytes.subarray(found.start, found.end);
  }

  enter(tag: number): BerReader {
    return new BerReader(this.take(tag));
  }
}
