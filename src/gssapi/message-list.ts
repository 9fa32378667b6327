import { gss_iov_buffer_desc } from "../../generated/gssapi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena, type BufferList } from "../memory/index.ts";
import { BufferTable, mostBuffers } from "./buffer-table.ts";
import { ProviderError } from "./gssapi-error.ts";

const { size: stride, offsets } = gss_iov_buffer_desc.layouts[hostAbi];
const [wordsPerPart, typeWord, sizeWord] = [stride >> 2, offsets.type >> 2, offsets.buffer >> 2];
const addressWord = sizeWord + 2;

// Arena offsets of the scalar out-parameters of a call.
const minorAt = 0;
const stateAt = 4;
const qualityAt = 8;
const partsAt = 16;
const firstPart = partsAt >> 2;

/** The index of a buffer for a part that is not returned. */
const none = 0xff;

/**
 * The `SecBufferDesc` of a message, and the `gss_iov_buffer_desc`s made from it. One list serves all messages: their
 * calls do not wait, and never run inside one another.
 */
export class MessageList {
  readonly #table = new BufferTable();
  readonly #arena = new Arena(Math.ceil((partsAt + mostBuffers * stride) / 16) * 16);
  readonly #words = this.#arena.u32;
  /** The index of the buffer that each part is returned to. */
  readonly #returned = new Uint8Array(mostBuffers);
  #parts = 0;

  /** The addresses of the out-parameters `minor_status`, `conf_state`, `qop_state`, and of the parts. */
  readonly minorAddress = this.#arena.base + minorAt;
  readonly stateAddress = this.#arena.base + stateAt;
  readonly qualityAddress = this.#arena.base + qualityAt;
  readonly partsAddress = this.#arena.base + partsAt;

  /** Returns the caller's list. @throws ProviderError */
  read(address: Address): BufferList {
    if (!address) throw new ProviderError(SEC_E_INVALID_TOKEN, "a message without buffers");
    this.#parts = 0;
    this.#words[minorAt >> 2] = 0;
    this.#words[stateAt >> 2] = 0;
    this.#words[qualityAt >> 2] = 0;
    return this.#table.read(address);
  }

  /** Writes the caller's list back to where it was read from. */
  write(): void {
    this.#table.write();
  }

  get parts(): number {
    return this.#parts;
  }

  /** Appends a part. `buffer` is the index of the buffer that it is returned to. */
  addPart(type: number, address: number, size: number, buffer = none): void {
    const at = this.#append(type, buffer);
    this.#words[at + sizeWord] = size;
    this.#arena.putPointer((at + addressWord) << 2, address);
  }

  /** Appends a part in the memory of a buffer, to which it is returned. */
  addBuffer(type: number, buffers: BufferList, index: number): void {
    const at = this.#append(type, index);
    buffers.copyOut(index, this.#words, at + sizeWord, at + addressWord);
  }

  /** Returns the index of the part's first word. */
  #append(type: number, buffer: number): number {
    const part = this.#parts;
    const at = firstPart + part * wordsPerPart;
    this.#words[at + typeWord] = type;
    // A size is a `size_t`.
    this.#words[at + sizeWord + 1] = 0;
    this.#returned[part] = buffer;
    this.#parts = part + 1;
    return at;
  }

  /** Sets the buffers that parts are returned to, and writes the caller's list back. */
  returnParts(buffers: BufferList): void {
    for (let part = 0; part < this.#parts; part += 1) {
      const buffer = this.#returned[part] as number;
      const at = firstPart + part * wordsPerPart;
      if (buffer !== none) buffers.copyIn(buffer, this.#words, at + sizeWord, at + addressWord);
    }
    this.#table.write();
  }

  get minor(): number {
    return this.#words[minorAt >> 2] as number;
  }

  /** Whether a message was encrypted. */
  get encrypted(): boolean {
    return this.#words[stateAt >> 2] !== 0;
  }
}
