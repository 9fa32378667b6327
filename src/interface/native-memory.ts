import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import { hostAbi, type Struct } from "../ctypes/index.ts";
import { Cell } from "../memory/index.ts";
import { addressOfBuffer } from "../native/index.ts";
import { countedString } from "./lsa-string.ts";

/**
 * Memory that does not move while this object is reachable: for tables, strings and parameter blocks that a package may
 * read until its Shutdown, and for the out-parameters of one call.
 */
export class NativeMemory {
  readonly #kept: object[] = [];

  /** Allocates `size` zeroed bytes, aligned like malloc's. */
  allocate(size: number): NativeRoom {
    const buffer = new ArrayBuffer(Math.max(size, 16));
    this.#kept.push(buffer);
    return new NativeRoom(buffer);
  }

  bytes(content: Uint8Array): NativeRoom {
    const room = this.allocate(content.length);
    new Uint8Array(room.view.buffer).set(content);
    return room;
  }

  /** Allocates NUL-terminated UTF-16. */
  wideString(text: string): NativeRoom {
    return this.bytes(Buffer.from(`${text}\0`, "utf16le"));
  }

  /** Allocates a `UNICODE_STRING` with its text. */
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

  cell(): Cell {
    const cell = new Cell();
    this.#kept.push(cell);
    return cell;
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
}
