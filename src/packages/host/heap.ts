import { addressOfBuffer } from "../../native/index.ts";
import type { Diagnostics, Holding } from "./diagnostics.ts";

/** The heaps of the LSA's tables: each has its own release function. */
export type HeapKind = "LSA heap" | "private heap" | "client buffer" | "DLL heap";

interface Block {
  /** Referenced so that the memory is not collected. */
  readonly buffer: ArrayBuffer;
  readonly kind: HeapKind;
  readonly size: number;
  readonly owner: string;
}

/**
 * Memory that packages and their callers allocate. Every block is recorded by its address, so that a wrong release is
 * reported and never carried out. Blocks are zeroed, and aligned as malloc's are.
 */
export class Heap {
  readonly #blocks = new Map<bigint, Block>();
  readonly #diagnostics: Diagnostics;
  readonly #who: () => string;
  #bytes = 0;
  #allocations = 0;
  /** The number of allocations that succeed before one fails. */
  #failAfter = Number.POSITIVE_INFINITY;

  constructor(diagnostics: Diagnostics, who: () => string) {
    this.#diagnostics = diagnostics;
    this.#who = who;
  }

  /** Makes one allocation fail: the first one after `count` others. */
  failAfter(count: number): void {
    this.#failAfter = count;
  }

  /** Returns the address, or 0 if there is not enough memory: a package tests for NULL. */
  allocate(kind: HeapKind, size: number): bigint {
    this.#failAfter -= 1;
    if (this.#failAfter < 0) {
      this.#failAfter = Number.POSITIVE_INFINITY;
      return 0n;
    }
    let buffer: ArrayBuffer;
    try {
      buffer = new ArrayBuffer(Math.max(size, 16));
    } catch {
      return 0n;
    }
    const address = BigInt(addressOfBuffer(buffer));
    this.#blocks.set(address, { buffer, kind, size, owner: this.#who() });
    this.#bytes += size;
    this.#allocations += 1;
    return address;
  }

  allocateBytes(kind: HeapKind, content: Uint8Array): bigint {
    const address = this.allocate(kind, content.length);
    const block = this.#blocks.get(address);
    if (block) new Uint8Array(block.buffer).set(content);
    return address;
  }

  /** Implements a release function of a package's table. NULL is harmless. */
  release(kind: HeapKind, address: bigint): boolean {
    if (address === 0n) return true;
    const block = this.#blocks.get(address);
    const at = `0x${address.toString(16)}`;
    if (!block) {
      this.#diagnostics.misdeed("bad-free", `${at} was released to the ${kind} and is not, or no longer, allocated`);
      return false;
    }
    if (block.kind !== kind)
      this.#diagnostics.misdeed("bad-free", `${at}, allocated as ${block.kind}, was released as ${kind}`);
    return this.take(address);
  }

  /** Releases a block of any heap; returns false if the address is unknown. */
  take(address: bigint): boolean {
    const block = this.#blocks.get(address);
    // Zero the block: session keys and passwords are stored here.
    if (block) new Uint8Array(block.buffer).fill(0);
    return this.#blocks.delete(address);
  }

  /** The size of a block in bytes; undefined if the address is unknown. */
  sizeOf(address: bigint): number | undefined {
    return this.#blocks.get(address)?.size;
  }

  /** The heap that a block is from; undefined if the address is unknown. */
  kindOf(address: bigint): HeapKind | undefined {
    return this.#blocks.get(address)?.kind;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get allocations(): number {
    return this.#allocations;
  }

  /** The memory that is not released, by package and heap. */
  held(): Holding[] {
    const held = new Map<string, { package: string; heap: string; count: number; bytes: number }>();
    for (const { kind, size, owner } of this.#blocks.values()) {
      const key = `${owner}\n${kind}`;
      const entry = held.get(key) ?? { package: owner, heap: kind, count: 0, bytes: 0 };
      entry.count += 1;
      entry.bytes += size;
      held.set(key, entry);
    }
    return [...held.values()];
  }
}
