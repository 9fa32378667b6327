import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { type Address, hostAbi } from "../../src/ctypes/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { writeNative, writeNativeStruct } from "./scripted-heap.ts";

/** One `SecBuffer` as the package found it, with a copy of its bytes. */
export interface ScriptedBuffer {
  readonly type: number;
  readonly size: number;
  readonly address: bigint;
  readonly bytes: Buffer;
}

/** A `SecBufferDesc` in the caller's memory, read and written the way a security package does. */
export class ScriptedBuffers {
  readonly address: bigint;

  constructor(address: Address) {
    this.address = BigInt(address);
  }

  get version(): number {
    return readStruct(SecBufferDesc, this.address).ulVersion;
  }

  get all(): readonly ScriptedBuffer[] {
    const { cBuffers } = readStruct(SecBufferDesc, this.address);
    return Array.from({ length: cBuffers }, (_, index) => {
      const { BufferType, cbBuffer, pvBuffer } = readStruct(SecBuffer, this.#at(index));
      const bytes = pvBuffer === 0n ? Buffer.alloc(0) : Buffer.from(copyOut(pvBuffer, cbBuffer));
      return { type: BufferType, size: cbBuffer, address: pvBuffer, bytes };
    });
  }

  get types(): readonly number[] {
    return this.all.map((buffer) => buffer.type);
  }

  /** Changes the fields of a `SecBuffer`. */
  change(index: number, change: { type?: number; size?: number; address?: bigint }): void {
    const at = this.#at(index);
    const { BufferType, cbBuffer, pvBuffer } = readStruct(SecBuffer, at);
    writeNativeStruct(SecBuffer, at, {
      BufferType: change.type ?? BufferType,
      cbBuffer: change.size ?? cbBuffer,
      pvBuffer: change.address ?? pvBuffer,
    });
  }

  /** Writes bytes where the buffer points, and their number to `cbBuffer`. */
  fill(index: number, bytes: Uint8Array): void {
    const { cbBuffer, pvBuffer } = readStruct(SecBuffer, this.#at(index));
    if (bytes.length > cbBuffer) throw new Error(`the script writes ${bytes.length} bytes to a buffer of ${cbBuffer}`);
    writeNative(pvBuffer, bytes);
    this.change(index, { size: bytes.length });
  }

  #at(index: number): bigint {
    const { pBuffers } = readStruct(SecBufferDesc, this.address);
    return pBuffers + BigInt(index * SecBuffer.layouts[hostAbi].size);
  }
}
