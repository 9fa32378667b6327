import { gss_iov_buffer_desc } from "../../generated/gssapi/structs.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { copyMemory } from "../native/index.ts";
import { ProviderError } from "./gssapi-error.ts";

const descriptor = SecBufferDesc.layouts[hostAbi];
const buffer = SecBuffer.layouts[hostAbi];
const iov = gss_iov_buffer_desc.layouts[hostAbi];
/** No message has more parts. */
const mostBuffers = 32;

const buffersAt = 16;
const iovAt = buffersAt + mostBuffers * buffer.size;
const cellsAt = Math.ceil((iovAt + mostBuffers * iov.size) / 16) * 16;
const size = cellsAt + 64;

const { cBuffers: countOffset, pBuffers: pointerOffset } = descriptor.offsets;
const { cbBuffer: sizeOffset, BufferType: typeOffset, pvBuffer: addressOffset } = buffer.offsets;
const { type: partTypeOffset, buffer: partOffset } = iov.offsets;

/**
 * The `SecBufferDesc` of a message and the `gss_iov_buffer_desc`s that are made of it. One for all messages: their
 * calls wait for nobody, and none is made within another.
 */
export class MessageList {
  readonly #arena = new Arena(size);
  #pointer = 0;
  #count = 0;
  #parts = 0;

  /** Where scalars go that a call hands out: `minor`, `state`, `quality`. */
  readonly minorAddress = this.#arena.base + cellsAt;
  readonly stateAddress = this.#arena.base + cellsAt + 16;
  readonly qualityAddress = this.#arena.base + cellsAt + 20;

  get arena(): Arena {
    return this.#arena;
  }

  /** Reads the caller's list. @throws ProviderError */
  read(address: Address): void {
    if (!address) throw new ProviderError(SEC_E_INVALID_TOKEN, "a message without buffers");
    const { base, u32 } = this.#arena;
    copyMemory(base, address, descriptor.size);
    this.#count = u32[countOffset >> 2] as number;
    this.#pointer = this.#arena.getPointer(pointerOffset);
    if (this.#count > mostBuffers) throw new ProviderError(SEC_E_INVALID_TOKEN, `a message of ${this.#count} buffers`);
    copyMemory(base + buffersAt, this.#pointer, this.#count * buffer.size);
    this.#parts = 0;
    u32[cellsAt >> 2] = 0;
    u32[(cellsAt + 16) >> 2] = 0;
    u32[(cellsAt + 20) >> 2] = 0;
  }

  /** Writes it back. */
  write(): void {
    copyMemory(this.#pointer, this.#arena.base + buffersAt, this.#count * buffer.size);
  }

  get length(): number {
    return this.#count;
  }

  /** `BufferType`, with its attributes. */
  type(index: number): number {
    return this.#arena.u32[(buffersAt + index * buffer.size + typeOffset) >> 2] as number;
  }

  size(index: number): number {
    return this.#arena.u32[(buffersAt + index * buffer.size + sizeOffset) >> 2] as number;
  }

  address(index: number): number {
    return this.#arena.getPointer(buffersAt + index * buffer.size + addressOffset);
  }

  setSize(index: number, bytes: number): void {
    this.#arena.u32[(buffersAt + index * buffer.size + sizeOffset) >> 2] = bytes;
  }

  setAddress(index: number, address: number): void {
    this.#arena.putPointer(buffersAt + index * buffer.size + addressOffset, address);
  }

  get parts(): number {
    return this.#parts;
  }

  get partsAddress(): number {
    return this.#arena.base + iovAt;
  }

  /** Appends a part; its place. */
  addPart(type: number, address: number, bytes: number): number {
    const index = this.#parts;
    const at = iovAt + index * iov.size;
    this.#arena.u32[(at + partTypeOffset) >> 2] = type;
    this.#arena.putPointer(at + partOffset, bytes);
    this.#arena.putPointer(at + partOffset + 8, address);
    this.#parts = index + 1;
    return index;
  }

  partSize(index: number): number {
    return this.#arena.getPointer(iovAt + index * iov.size + partOffset);
  }

  partAddress(index: number): number {
    return this.#arena.getPointer(iovAt + index * iov.size + partOffset + 8);
  }

  get minor(): number {
    return this.#arena.u32[cellsAt >> 2] as number;
  }

  /** Whether a message was encrypted. */
  get encrypted(): boolean {
    return this.#arena.u32[(cellsAt + 16) >> 2] !== 0;
  }
}
