import { gss_iov_buffer_desc } from "../../generated/gssapi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { Arena, type BufferList } from "../memory/index.ts";
import { BufferTable, mostBuffers } from "./buffer-table.ts";
import { ProviderError } from "./gssapi-error.ts";

const { size: stride, offsets } = gss_iov_buffer_desc.layouts[hostAbi];
const { type: typeAt, buffer: sizeAt } = offsets;
const addressAt = sizeAt + 8;

// Arena offsets of the scalar out-parameters of a call.
const minorAt = 0;
const stateAt = 4;
const qualityAt = 8;
const partsAt = 16;

/** The index of a buffer for a part that is not returned. */
const none = 0xff;

/**
 * The `SecBufferDesc` of a message, and the `gss_iov_buffer_desc`s made from it. One list serves all messages: their
 * calls do not wait, and never run inside one another.
 */
export class MessageList {
  readonly #table = new BufferTable();
  readonly #arena = new Arena(Math.ceil((partsAt + mostBuffers * stride) / 16) * 16);
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
    const { u32 } = this.#arena;
    this.#parts = 0;
    u32[minorAt >> 2] = 0;
    u32[stateAt >> 2] = 0;
    u32[qualityAt >> 2] = 0;
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
    const at = partsAt + this.#parts * stride;
    this.#arena.u32[(at + typeAt) >> 2] = type;
    this.#arena.putPointer(at + sizeAt, size);
    this.#arena.putPointer(at + addressAt, address);
    this.#returned[this.#parts] = buffer;
    this.#parts += 1;
  }

  /** Appends a part in the memory of a buffer. */
  addBuffer(type: number, buffers: BufferList, index: number, returned: boolean): void {
    const { u32 } = this.#arena;
    const at = (partsAt + this.#parts * stride) >> 2;
    u32[at + (typeAt >> 2)] = type;
    u32[at + (sizeAt >> 2)] = buffers.size(index);
    u32[at + (sizeAt >> 2) + 1] = 0;
    buffers.copyPointer(index, u32, at + (addressAt >> 2));
    this.#returned[this.#parts] = returned ? index : none;
    this.#parts += 1;
  }

  /** Sets the buffers that parts are returned to, and writes the caller's list back. */
  returnParts(buffers: BufferList): void {
    const { u32 } = this.#arena;
    for (let part = 0; part < this.#parts; part += 1) {
      const buffer = this.#returned[part] as number;
      if (buffer === none) continue;
      const at = partsAt + part * stride;
      buffers.copyIn(buffer, u32, (at + sizeAt) >> 2, (at + addressAt) >> 2);
    }
    this.write();
  }

  get minor(): number {
    return this.#arena.u32[minorAt >> 2] as number;
  }

  /** Whether a message was encrypted. */
  get encrypted(): boolean {
    return this.#arena.u32[stateAt >> 2] !== 0;
  }
}
