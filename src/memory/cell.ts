import { pointer } from "../ctypes/index.ts";
import { addressOfBuffer } from "../native/index.ts";

/**
 * An out-parameter of one call: room for a pointer, a handle, or anything else of up to 8 bytes. It is zero at first,
 * and its memory does not move while this object is reachable.
 */
export class Cell {
  readonly address: number;
  readonly #view = new DataView(new ArrayBuffer(16));

  constructor() {
    this.address = addressOfBuffer(this.#view.buffer);
  }

  /** A pointer or a handle, as wide as a pointer. */
  get pointer(): bigint {
    return pointer.get(this.#view, 0);
  }

  set pointer(value: bigint) {
    pointer.set(this.#view, 0, value, "pointer");
  }

  /** A `ULONG`, such as a size. */
  get uint32(): number {
    return this.#view.getUint32(0, true);
  }

  set uint32(value: number) {
    this.#view.setUint32(0, value, true);
  }

  /** A `LARGE_INTEGER`, such as a `TimeStamp`. */
  get int64(): bigint {
    return this.#view.getBigInt64(0, true);
  }

  /** A `BOOLEAN`, which is one byte. */
  get boolean(): boolean {
    return this.#view.getUint8(0) !== 0;
  }
}
