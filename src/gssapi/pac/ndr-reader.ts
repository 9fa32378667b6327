import { maxSubAuthorities, readSid } from "../../values/index.ts";

/** The header of an `RPC_UNICODE_STRING`, whose characters come later; absent if its pointer is null. */
export interface StringHeader {
  readonly units: number;
  readonly maxUnits: number;
}

/**
 * The length of a type is a multiple of this (MS-RPCE, 2.2.6.2), so fewer padding bytes than this follow its fields.
 */
const alignment = 8;

/**
 * Reads one type in the serialization that a PAC uses (type serialization version 1, MS-RPCE 2.2.6): little-endian,
 * with the targets of pointers behind the type that has the pointers. It reads every byte at most once, so the work is
 * linear in the bytes. Every method throws RangeError if the bytes end early or have an impossible value.
 */
export class NdrReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 16;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 16) throw new RangeError(`NDR: expected headers of 16 bytes, got ${bytes.length} bytes`);
    const [version, order, length] = [this.#view.getUint8(0), this.#view.getUint8(1), this.#view.getUint16(2, true)];
    if (version !== 1 || order !== 0x10 || length !== 8)
      throw new RangeError("NDR: expected version 1, little-endian, with a header of 8 bytes");
    const size = this.#view.getUint32(8, true);
    if (size > bytes.length - 16)
      throw new RangeError(`NDR: the type has ${size} bytes, but ${bytes.length - 16} are there`);
    this.#end = 16 + size;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2, 2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4, 4), true);
  }

  /** Skips bytes that no caller needs. */
  skip(bytes: number): void {
    this.#take(bytes, 1);
  }

  /** Reads a pointer, and returns whether it is not null. */
  pointer(): boolean {
    return this.u32() !== 0;
  }

  /**
   * Reads the length of an array and compares it with the announced length. `size` is the least size of an element, in
   * bytes.
   */
  count(expected: number, size: number): number {
    const count = this.u32();
    if (count !== expected) throw new RangeError(`NDR: an array has ${count} elements, ${expected} were announced`);
    if (count > (this.#end - this.#at) / size)
      throw new RangeError(`NDR: ${count} elements do not fit the ${this.#end - this.#at} bytes that are left`);
    return count;
  }

  stringHeader(): StringHeader | undefined {
    const [length, maximum, there] = [this.u16(), this.u16(), this.pointer()];
    if (length % 2 !== 0 || maximum % 2 !== 0 || length > maximum)
      throw new RangeError(`NDR: a string has ${length} of at most ${maximum} bytes`);
    if (!there && length > 0) throw new RangeError(`NDR: a string of ${length} bytes has no characters`);
    return there ? { units: length / 2, maxUnits: maximum / 2 } : undefined;
  }

  /** Reads the characters of a string; empty if its header has no pointer. */
  string(header: StringHeader | undefined): string {
    if (!header) return "";
    const [maximum, offset] = [this.u32(), this.u32()];
    if (maximum !== header.maxUnits || offset !== 0)
      throw new RangeError(`NDR: a string of at most ${header.maxUnits} units says ${maximum}, from unit ${offset}`);
    const units = this.count(header.units, 2);
    const start = this.#take(2 * units, 2);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, 2 * units).toString("utf16le");
  }

  /** Reads a security identifier, in text form. */
  sid(): string {
    const count = this.u32();
    if (count > maxSubAuthorities) throw new RangeError(`NDR: a SID has ${count} sub-authorities`);
    const start = this.#take(8 + 4 * count, 4);
    return readSid(this.#bytes.subarray(start, this.#at));
  }

  /** Checks that all fields were read. */
  end(): void {
    if (this.#end - this.#at >= alignment || this.#bytes.length - this.#end >= alignment)
      throw new RangeError(`NDR: ${this.#bytes.length - this.#at} bytes are left behind the type`);
  }

  /** Advances past `size` bytes aligned to `align`, and returns their offset. */
  #take(size: number, align: number): number {
    const start = Math.ceil(this.#at / align) * align;
    if (size > this.#end - start) throw new RangeError(`NDR: the type ends before byte ${start + size}`);
    this.#at = start + size;
    return start;
  }
}
