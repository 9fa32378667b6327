import {
  SECBUFFER,
  SECBUFFER_ATTRMASK,
  SECBUFFER_DATA,
  SECBUFFER_EXTRA,
  SECBUFFER_PADDING,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { addressInPlace, type BufferList } from "../memory/index.ts";
import { failure, type SspiError } from "../status/index.ts";
import { type Region, regionsOf } from "./buffer-regions.ts";
import type { Channel } from "./channel.ts";
import type { CheckedBuffer, MessageBufferType, MessagePart } from "./message-buffer.ts";

export type NativeOperation = "EncryptMessage" | "DecryptMessage" | "MakeSignature" | "VerifySignature";

/** The fields of a `SecBuffer` after the call. */
interface Answer {
  /** `BufferType` */
  readonly word: number;
  readonly size: number;
  readonly pointer: number;
}

/** The memory of a list of buffers, while native code works on it. */
export class BufferMemory {
  readonly #operation: NativeOperation;
  readonly #buffers: readonly CheckedBuffer[];
  readonly #regions: readonly Region[];
  readonly #addresses: readonly number[];

  /** With `copies` the package works on copies of the caller's buffers, stored consecutively in one new buffer. */
  constructor(operation: NativeOperation, channel: Channel, buffers: readonly CheckedBuffer[], copies: boolean) {
    this.#operation = operation;
    this.#buffers = buffers.map((buffer) => ({
      ...buffer,
      bytes: buffer.bytes ?? roomFor(operation, channel, buffer),
    }));
    this.#regions = regionsOf(this.#buffers, copies, channel.provider);
    this.#addresses = this.#regions.map(({ bytes, name }) => (bytes ? addressInPlace(bytes, name) : 0));
  }

  /** Fills the list that native code is given. */
  describe(list: BufferList, { provider, trailer }: Channel): void {
    list.length = 0;
    this.#regions.forEach(({ type, bytes, slot }, index) => {
      if (slot === undefined) return;
      const length = bytes?.length ?? 0;
      const exact =
        provider.traits.takesExactTokenRoom && this.#operation === "EncryptMessage" && type === SECBUFFER_TOKEN;
      list.add(type, this.#addresses[index] ?? 0, exact ? Math.min(length, trailer) : length);
    });
  }

  /**
   * Returns what the package has made of each of the caller's buffers.
   *
   * @throws SspiError for bytes outside all of them.
   */
  parts(list: BufferList): readonly MessagePart[] {
    return this.#regions.flatMap((region, index) =>
      region.members.length === 1 ? [this.#part(list, region, index)] : this.#shares(list, region, index),
    );
  }

  #part(list: BufferList, region: Region, index: number): MessagePart {
    const { word, size, pointer } = this.#answer(list, region, index);
    const { within, offset } = this.#find(word, size, pointer, index);
    const { bytes, members } = this.#region(within);
    const { buffer, byteOffset } = bytes ?? Buffer.alloc(0);
    const [own] = region.members;
    const place = { bytes: Buffer.from(buffer, byteOffset + offset, size), within: members[0], offset };
    return { ...typeOf(word, this.#buffer(own)), ...place };
  }

  /**
   * Splits a region that the package saw as one buffer into the caller's buffers; the last ones may have become
   * shorter.
   */
  #shares(list: BufferList, region: Region, index: number): MessagePart[] {
    const { members, scatters, type } = region;
    // Only buffers with bytes are merged.
    const bytes = region.bytes as Uint8Array;
    const { word, size, pointer } = this.#answer(list, region, index);
    if (size > bytes.length || pointer !== this.#addresses[index]) throw this.#outside(index);
    let at = 0;
    return members.map((within) => {
      const own = this.#buffer(within);
      const given = own.bytes as Uint8Array;
      const share = bytes.subarray(at, Math.min(size, at + given.length));
      at += share.length;
      if (scatters && type === SECBUFFER_DATA) given.set(share);
      const { buffer, byteOffset } = scatters ? given : share;
      const place = { bytes: Buffer.from(buffer, byteOffset, share.length), within, offset: 0 };
      return { ...typeOf(word, own), ...place };
    });
  }

  /** A region that was withheld from the package is unchanged. */
  #answer(list: BufferList, { slot, type, bytes }: Region, index: number): Answer {
    return slot === undefined
      ? { word: type, size: bytes?.length ?? 0, pointer: this.#addresses[index] ?? 0 }
      : { word: list.type(slot), size: list.size(slot), pointer: list.pointer(slot) };
  }

  #find(word: number, size: number, pointer: number, index: number): { within: number; offset: number } {
    if (size === 0) return { within: index, offset: 0 };
    const first = this.#region(0).bytes?.length ?? 0;
    // Extra bytes are at the end of the input; not every package says where they begin.
    if (pointer === 0 && (word & ~SECBUFFER_ATTRMASK) === SECBUFFER_EXTRA && size <= first)
      return { within: 0, offset: first - size };
    // Search the buffer's own memory first, because the next buffer may begin where it ends.
    for (const within of [index, ...this.#regions.keys()]) {
      const offset = pointer - (this.#addresses[within] ?? 0);
      if (offset >= 0 && offset + size <= (this.#region(within).bytes?.length ?? 0)) return { within, offset };
    }
    throw this.#outside(index);
  }

  #outside(index: number): SspiError {
    const cause = new RangeError(`the package named bytes outside the buffers, for ${this.#region(index).name}`);
    return failure({ operation: this.#operation, status: SEC_E_INTERNAL_ERROR, cause });
  }

  #buffer(index: number): CheckedBuffer {
    return this.#buffers[index] as CheckedBuffer;
  }

  #region(index: number): Region {
    return this.#regions[index] as Region;
  }
}

/** Allocates room for the buffers that the package fills. */
function roomFor(operation: NativeOperation, channel: Channel, { type }: CheckedBuffer): Uint8Array | undefined {
  if (operation !== "EncryptMessage" && operation !== "MakeSignature") return undefined;
  const { trailer, signature, block, records } = channel;
  if (type === SECBUFFER_TOKEN) return Buffer.alloc(operation === "EncryptMessage" ? trailer : signature);
  if (type === SECBUFFER_PADDING) return Buffer.alloc(block);
  if (type === SECBUFFER_STREAM_HEADER) return Buffer.alloc(records?.header ?? 0);
  if (type === SECBUFFER_STREAM_TRAILER) return Buffer.alloc(records?.trailer ?? 0);
  return undefined;
}

/** The buffer type that the package reports, and the access that the caller requested. */
function typeOf(word: number, { access }: CheckedBuffer): Pick<MessagePart, "type" | "access"> {
  const bare = (word & ~SECBUFFER_ATTRMASK) >>> 0;
  const type = (Object.keys(SECBUFFER) as MessageBufferType[]).find((name) => SECBUFFER[name] === bare) ?? bare;
  return { type, ...(access && { access }) };
}
