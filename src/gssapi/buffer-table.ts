import { SECBUFFER_ATTRMASK } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena, BufferList, bufferListSize, workspaceInUse } from "../memory/index.ts";
import { copyMemory } from "../native/index.ts";
import { ProviderError } from "./gssapi-error.ts";

const descriptor = SecBufferDesc.layouts[hostAbi];
const { cBuffers: countOffset, pBuffers: pointerOffset } = descriptor.offsets;
const { size: stride } = SecBuffer.layouts[hostAbi];
/** The most buffers that one call may have. */
export const mostBuffers = 32;

/**
 * The list of a call's buffers: the list of the workspace that is in use, or a copy of a list elsewhere. The copy is in
 * reusable memory, because nothing waits between reading a list and using it.
 */
export class BufferTable {
  readonly #arena = new Arena(Math.ceil(bufferListSize(mostBuffers) / 16) * 16);
  readonly #copy = new BufferList(this.#arena, 0);
  /** The address of the buffers that were copied; 0 if none were. */
  #copied = 0;

  /**
   * Reads the caller's list; NULL gives an empty one.
   *
   * @throws ProviderError for more buffers than {@link mostBuffers}
   */
  read(address: Address): BufferList {
    this.#copied = 0;
    return workspaceInUse()?.listAt(address) ?? this.#read(address);
  }

  #read(address: Address): BufferList {
    const { base, u32 } = this.#arena;
    this.#copy.length = 0;
    if (!address) return this.#copy;
    copyMemory(base, address, descriptor.size);
    const [count, buffers] = [u32[countOffset >> 2] as number, this.#arena.getPointer(pointerOffset)];
    if (count > mostBuffers) throw new ProviderError(SEC_E_INVALID_TOKEN, `a list of ${count} buffers`);
    if (count > 0) copyMemory(this.#copy.buffersAddress, buffers, count * stride);
    this.#copy.length = count;
    this.#copied = buffers;
    return this.#copy;
  }

  /** Writes a copy back to where it was read from. */
  write(): void {
    const { buffersAddress, length } = this.#copy;
    if (this.#copied !== 0) copyMemory(this.#copied, buffersAddress, length * stride);
  }
}

/** Returns the type of a buffer without its attributes. */
export function bareType(buffers: BufferList, index: number): number {
  return (buffers.type(index) & ~SECBUFFER_ATTRMASK) >>> 0;
}

/** Returns the index of the first buffer of a type, whatever its attributes; -1 if there is none. */
export function findBuffer(buffers: BufferList, type: number): number {
  const { length } = buffers;
  for (let index = 0; index < length; index += 1) if (bareType(buffers, index) === type) return index;
  return -1;
}
