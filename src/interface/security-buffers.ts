import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { copyOut, readStruct, writeBytes, writeStruct } from "../native/index.ts";

/** The bits of `BufferType` that say how a buffer may be used, not what it is. */
const attributeMask = 0xf000_0000;
/** No package has ever been given more; a larger count is not a descriptor. */
const maxBuffers = 64;

/** One `SecBuffer` of somebody else's descriptor. */
export class SecurityBuffer {
  /** Where the `SecBuffer` is. */
  readonly at: bigint;
  /** `SECBUFFER_TOKEN` …, without its attributes. */
  readonly type: number;
  /** `SECBUFFER_READONLY` …, of `SECBUFFER_ATTRMASK`. */
  readonly attributes: number;
  /** `cbBuffer`: how many bytes there are, or room for. */
  readonly size: number;
  /** `pvBuffer`: where they are. */
  readonly pointer: bigint;

  constructor(at: bigint) {
    const { BufferType, cbBuffer, pvBuffer } = readStruct(SecBuffer, at);
    this.at = at;
    this.type = (BufferType & ~attributeMask) >>> 0;
    this.attributes = (BufferType & attributeMask) >>> 0;
    this.size = cbBuffer;
    this.pointer = pvBuffer;
  }

  /** A copy of what it holds. */
  read(): Buffer<ArrayBuffer> {
    return this.pointer === 0n ? Buffer.alloc(0) : Buffer.from(copyOut(this.pointer, this.size).buffer);
  }

  /** Writes bytes where it points, and their number. */
  fill(bytes: Uint8Array): void {
    if (bytes.length > this.size) throw new RangeError(`a buffer of ${this.size} bytes cannot hold ${bytes.length}`);
    writeBytes(this.pointer, bytes);
    this.change({ size: bytes.length });
  }

  /** Changes the `SecBuffer` itself. */
  change({ type = this.type, size = this.size, pointer = this.pointer }): void {
    writeStruct(SecBuffer, this.at, { BufferType: type, cbBuffer: size, pvBuffer: pointer });
  }

  /** {@link change}, and what it is then. */
  as(changed: { type?: number; size?: number; pointer?: bigint }): SecurityBuffer {
    this.change(changed);
    return new SecurityBuffer(this.at);
  }
}

/** The buffers of a `PSecBufferDesc`; none for NULL. */
export function securityBuffers(address: Address): SecurityBuffer[] {
  if (BigInt(address) === 0n) return [];
  const { cBuffers, pBuffers } = readStruct(SecBufferDesc, address);
  if (cBuffers > maxBuffers) throw new RangeError(`a SecBufferDesc of ${cBuffers} buffers`);
  const { size } = SecBuffer.layouts[hostAbi];
  return Array.from({ length: cBuffers }, (_, index) => new SecurityBuffer(pBuffers + BigInt(index * size)));
}

/** The first buffer of a type. */
export function findBuffer(buffers: readonly SecurityBuffer[], type: number): SecurityBuffer | undefined {
  return buffers.find((buffer) => buffer.type === type);
}
