import { addressOfBuffer, copyMemory } from "../native/index.ts";

/** Memory that the provider hands out, each piece known by its address until FreeContextBuffer releases it. */
export class ContextBuffers {
  readonly #pieces = new Map<bigint, ArrayBuffer>();

  /** A copy of the bytes; where it is. */
  allocate(bytes: Uint8Array): bigint {
    const piece = new ArrayBuffer(Math.max(bytes.length, 16));
    new Uint8Array(piece).set(bytes);
    return this.#keep(piece);
  }

  /** A copy of native memory; where it is. */
  copy(address: number, size: number): number {
    const piece = new ArrayBuffer(Math.max(size, 16));
    const at = this.#keep(piece);
    copyMemory(at, address, size);
    return Number(at);
  }

  /** Memory of that size, which `fill` writes once it knows where it is. */
  make(size: number, fill: (address: bigint, bytes: Uint8Array<ArrayBuffer>) => void): bigint {
    const piece = new ArrayBuffer(Math.max(size, 16));
    const address = this.#keep(piece);
    fill(address, new Uint8Array(piece));
    return address;
  }

  /** Zeroed, for keys are among them; false for an address that is none of them. */
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
