import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { copyOut, readStruct, writeBytes, writeStruct } from "../native/index.ts";
import { checkBytes } from "../values/index.ts";

/** The bits of `BufferType` that say how a buffer may be used, not which type it has. */
const attributeMask = 0xf000_0000;
/**
 * The largest accepted number of buffers: no package receives more, so a larger count means that the memory is not a
 * descriptor.
 */
const maxBuffers = 64;

/** One `SecBuffer` of a native caller's descriptor. */
export class SecurityBuffer {
  /** The address of the `SecBuffer`. */
  readonly at: bigint;
  /** `SECBUFFER_TOKEN` …, without its attributes. */
  readonly type: number;
  /** The attributes `SECBUFFER_READONLY` …, the bits of `SECBUFFER_ATTRMASK`. */
  readonly attributes: number;
  /** `cbBuffer`: the number of its bytes, or the size of its room. */
  readonly size: number;
  /** `pvBuffer`: the address of its bytes. */
  readonly pointer: bigint;

  constructor(at: bigint) {
    const { BufferType, cbBuffer, pvBuffer } = readStruct(SecBuffer, at);
    this.at = at;
    this.type = (BufferType & ~attributeMask) >>> 0;
    this.attributes = (BufferType & attributeMask) >>> 0;
    this.size = cbBuffer;
    this.pointer = pvBuffer;
  }

  /** Returns a copy of its bytes. */
  read(): Buffer<ArrayBuffer> {
    return this.pointer === 0n ? Buffer.alloc(0) : Buffer.from(copyOut(this.pointer, this.size).buffer);
  }

  /**
   * Writes bytes to its memory, and their number to `cbBuffer`.
   *
   * @throws TypeError for anything but a Uint8Array, RangeError for more bytes than there is room for.
   */
  fill(bytes: Uint8Array): void {
    const content = checkBytes(bytes, "bytes");
    if (content.length > this.size)
      throw new RangeError(`a buffer of ${this.size} bytes cannot hold ${content.length}`);
    writeBytes(this.pointer, content);
    this.change({ size: content.length });
  }

  /** Changes the `SecBuffer` itself. */
  change({ type = this.type, size = this.size, pointer = this.pointer }): void {
    writeStruct(SecBuffer, this.at, { BufferType: type, cbBuffer: size, pvBuffer: pointer });
  }

  /** Like {@link change}, and returns the changed buffer. */
  as(changed: { type?: number; size?: number; pointer?: bigint }): SecurityBuffer {
    this.change(changed);
    return new SecurityBuffer(this.at);
  }
}

/** Reads the buffers of a `PSecBufferDesc`; an empty list for NULL. */
export function securityBuffers(address: Address): SecurityBuffer[] {
  if (address === 0 || address === 0n) return [];
  const { cBuffers, pBuffers } = readStruct(SecBufferDesc, address);
  if (cBuffers > maxBuffers) throw new RangeError(`a SecBufferDesc of ${cBuffers} buffers`);
  const { size } = SecBuffer.layouts[hostAbi];
  return Array.from({ length: cBuffers }, (_, index) => new SecurityBuffer(pBuffers + BigInt(index * size)));
}

/** The first buffer of a type. */
export function findBuffer(buffers: readonly SecurityBuffer[], type: number): SecurityBuffer | undefined {
  return buffers.find((buffer) => buffer.type === type);
}
