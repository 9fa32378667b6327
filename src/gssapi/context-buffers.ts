import { addressOfBuffer, copyMemory } from "../native/index.ts";

/** Memory that the provider gives to callers, found by its address until FreeContextBuffer releases it. */
export class ContextBuffers {
  readonly #pieces = new Map<bigint, ArrayBuffer>();

  /** Copies bytes into new memory, and returns its address. */
  allocate(bytes: Uint8Array): bigint {
    const piece = new ArrayBuffer(Math.max(bytes.length, 16));
    new Uint8Array(piece).set(bytes);
    return this.#keep(piece);
  }

  /** Copies native memory into new memory, and returns its address. */
  copy(address: number, size: number): number {
    const piece = new ArrayBuffer(Math.max(size, 16));
    const at = this.#keep(piece);
    copyMemory(at, address, size);
    return Number(at);
  }

  /** Allocates memory of a size; `fill` gets its address and writes it. */
  make(size: number, fill: (address: bigint, bytes: Uint8Array<ArrayBuffer>) => void): bigint {
    const piece = new ArrayBuffer(Math.max(size, 16));
    const address = this.#keep(piece);
    fill(address, new Uint8Array(piece));
    return address;
  }

  /** Zeroes and releases memory, because it may hold keys. Returns false for an address that was not allocated here. */
  release(address: bigint): boolean {
    const piece = this.#pieces.get(address);
    if (!piece) return false;
    new Uint8Array(piece).fill(0);
    return this.#pieces.delete(address);
  }

  #keep(piece: ArrayBuffer): bigint {
    const address = BigInt(addressOfBuffer(piece));
    this.#pieces.set(address, piece);
    return address;
  }
}
