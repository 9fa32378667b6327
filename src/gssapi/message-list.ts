import { gss_iov_buffer_desc } from "../../generated/gssapi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { BufferTable, mostBuffers, tableSize } from "./buffer-table.ts";
import { ProviderError } from "./gssapi-error.ts";

const iov = gss_iov_buffer_desc.layouts[hostAbi];

const iovAt = tableSize;
const cellsAt = Math.ceil((iovAt + mostBuffers * iov.size) / 16) * 16;
const more = cellsAt + 64 - tableSize;

const { type: partTypeOffset, buffer: partOffset } = iov.offsets;

/**
 * The `SecBufferDesc` of a message, and the `gss_iov_buffer_desc`s made from it. One list serves all messages: their
 * calls do not wait, and never run inside one another.
 */
export class MessageList extends BufferTable {
  #parts = 0;

  /** The addresses of the scalar out-parameters of a call: `minor`, `state`, `quality`. */
  readonly minorAddress: number;
  readonly stateAddress: number;
  readonly qualityAddress: number;
  readonly partsAddress: number;

  constructor() {
    super(more);
    this.minorAddress = this.arena.base + cellsAt;
    this.stateAddress = this.arena.base + cellsAt + 16;
    this.qualityAddress = this.arena.base + cellsAt + 20;
    this.partsAddress = this.arena.base + iovAt;
  }

  /** Reads the caller's list. @throws ProviderError */
  override read(address: Address): void {
    if (!address) throw new ProviderError(SEC_E_INVALID_TOKEN, "a message without buffers");
    super.read(address);
    const { u32 } = this.arena;
    this.#parts = 0;
    u32[cellsAt >> 2] = 0;
    u32[(cellsAt + 16) >> 2] = 0;
    u32[(cellsAt + 20) >> 2] = 0;
  }

  get parts(): number {
    return this.#parts;
  }

  /** Appends a part, and returns its index. */
  addPart(type: number, address: number, bytes: number): number {
    const index = this.#parts;
    const at = iovAt + index * iov.size;
    this.arena.u32[(at + partTypeOffset) >> 2] = type;
    this.arena.putPointer(at + partOffset, bytes);
    this.arena.putPointer(at + partOffset + 8, address);
    this.#parts = index + 1;
    return index;
  }

  partSize(index: number): number {
    return this.arena.getPointer(iovAt + index * iov.size + partOffset);
  }

  partAddress(index: number): number {
    return this.arena.getPointer(iovAt + index * iov.size + partOffset + 8);
  }

  get minor(): number {
    return this.arena.u32[cellsAt >> 2] as number;
  }

  /** Whether a message was encrypted. */
  get encrypted(): boolean {
    return this.arena.u32[(cellsAt + 16) >> 2] !== 0;
  }
}
