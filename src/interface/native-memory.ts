import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import { hostAbi, pointerSize, type Struct } from "../ctypes/index.ts";
import { addressOfBuffer } from "../native/index.ts";
import { countedString } from "./lsa-string.ts";

/**
 * Memory that stays where it is as long as this is reachable: tables, strings and parameter blocks that a
 * package may read until its Shutdown, and the out-parameters of one call.
 */
export class NativeMemory {
  readonly #buffers: ArrayBuffer[] = [];

  /** `size` zeroed bytes, as aligned as malloc's. */
  allocate(size: number): NativeRoom {
    const buffer = new ArrayBuffer(Math.max(size, 16));
    this.#buffers.push(buffer);
    return new NativeRoom(buffer);
  }

  bytes(content: Uint8Array): NativeRoom {
    const room = this.allocate(content.length);
    new Uint8Array(room.view.buffer).set(content);
    return room;
  }

  /** NUL-terminated UTF-16. */
  wideString(text: string): NativeRoom {
    return this.bytes(Buffer.from(`${text}\0`, "utf16le"));
  }

  /** A `UNICODE_STRING` with its text. */
  unicodeString(text: string): NativeRoom {
    return this.struct(LSA_UNICODE_STRING, this.unicodeStringValue(text));
  }

  unicodeStringValue(text: string): LSA_UNICODE_STRING {
    return countedString(this.wideString(text).address, text.length * 2, 2);
  }

  struct<T>(type: Struct<T>, value: Partial<T>): NativeRoom {
    const room = this.allocate(type.layouts[hostAbi].size);
    type.write(room.view, value);
    return room;
  }

  /** A place for a pointer, a handle, or anything else of up to 8 bytes. */
  cell(): NativeRoom {
    return this.allocate(8);
  }
}

/** A run of zeroed bytes with an address. */
export class NativeRoom {
  readonly view: DataView<ArrayBuffer>;
  readonly address: number;

  constructor(buffer: ArrayBuffer) {
    this.view = new DataView(buffer);
    this.address = addressOfBuffer(buffer);
  }

  get uint32(): number {
    return this.view.getUint32(0, true);
  }

  set uint32(value: number) {
    this.view.setUint32(0, value, true);
  }

  get pointer(): bigint {
    return pointerSize(hostAbi) === 8 ? this.view.getBigUint64(0, true) : BigInt(this.uint32);
  }

  set pointer(value: bigint) {
    this.view.setBigUint64(0, value, true);
  }

  get int64(): bigint {
    return this.view.getBigInt64(0, true);
  }
}
