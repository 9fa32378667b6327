import { SECBUFFER_ATTRMASK } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena, type BufferList, workspaceInUse } from "../memory/index.ts";
import { copyMemory } from "../native/index.ts";
import { ProviderError } from "./gssapi-error.ts";

const descriptor = SecBufferDesc.layouts[hostAbi];
const buffer = SecBuffer.layouts[hostAbi];
/** The most buffers that one call may have. */
export const mostBuffers = 32;

const buffersAt = 16;
/** The bytes at the front of the arena that the table takes. */
export const tableSize = Math.ceil((buffersAt + mostBuffers * buffer.size) / 16) * 16;

const { cBuffers: countOffset, pBuffers: pointerOffset } = descriptor.offsets;
const { cbBuffer: sizeOffset, BufferType: typeOffset, pvBuffer: addressOffset } = buffer.offsets;

/** A copy of a caller's `SecBufferDesc`, in reusable memory: nothing waits between reading the table and using it. */
export class BufferTable {
  protected readonly arena: Arena;
  #own: BufferList | undefined;
  #pointer = 0;
  #count = 0;

  /** @param more bytes after the table, for the use of a subclass */
  constructor(more = 0) {
    this.arena = new Arena(tableSize + more);
  }

  /**
   * Reads the caller's list; NULL gives an empty one.
   *
   * @throws ProviderError for more buffers than {@link mostBuffers}
   */
  read(address: Address): void {
    this.#count = 0;
    this.#own = undefined;
    if (!address) return;
    const own = workspaceInUse()?.listAt(address);
    if (own) {
      this.#own = own;
      this.#count = own.length;
      own.copyOut(this.arena.u32, buffersAt >> 2);
      return;
    }
    const { base, u32 } = this.arena;
    copyMemory(base, address, descriptor.size);
    const count = u32[countOffset >> 2] as number;
    this.#pointer = this.arena.getPointer(pointerOffset);
    if (count > mostBuffers) throw new ProviderError(SEC_E_INVALID_TOKEN, `a list of ${count} buffers`);
    if (count > 0) copyMemory(base + buffersAt, this.#pointer, count * buffer.size);
    this.#count = count;
  }

  /** Writes the list back to the address that it was read from. */
  write(): void {
    if (this.#own) this.#own.copyIn(this.arena.u32, buffersAt >> 2);
    else copyMemory(this.#pointer, this.arena.base + buffersAt, this.#count * buffer.size);
  }

  get length(): number {
    return this.#count;
  }

  /** `BufferType`, with its attributes. */
  type(index: number): number {
    return this.arena.u32[(buffersAt + index * buffer.size + typeOffset) >> 2] as number;
  }

  size(index: number): number {
    return this.arena.u32[(buffersAt + index * buffer.size + sizeOffset) >> 2] as number;
  }

  address(index: number): number {
    return this.arena.getPointer(buffersAt + index * buffer.size + addressOffset);
  }

  setSize(index: number, bytes: number): void {
    this.arena.u32[(buffersAt + index * buffer.size + sizeOffset) >> 2] = bytes;
  }

  setAddress(index: number, address: number): void {
    this.arena.putPointer(buffersAt + index * buffer.size + addressOffset, address);
  }

  /** Returns the index of the first buffer of a type, whatever its attributes; -1 if there is none. */
  find(type: number): number {
    for (let index = 0; index < this.#count; index += 1)
      if ((this.type(index) & ~SECBUFFER_ATTRMASK) >>> 0 === type) return index;
    return -1;
  }
}
