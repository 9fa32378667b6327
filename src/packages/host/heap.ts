import { addressOfBuffer } from "../../native/index.ts";
import type { Diagnostics, Holding } from "./diagnostics.ts";

/** The heaps of the LSA's tables: each has its own release function. */
export type HeapKind = "LSA heap" | "private heap" | "client buffer" | "DLL heap";

interface Block {
  /** Keeps the memory in place. */
  readonly buffer: ArrayBuffer;
  readonly kind: HeapKind;
  readonly size: number;
  readonly owner: string;
}

/**
 * Memory that packages and their callers allocate. Every block is known by its address, so that a wrong
 * release is noticed and never carried out. Blocks are zeroed, and aligned as malloc's are.
 */
export class Heap {
  readonly #blocks = new Map<bigint, Block>();
  readonly #diagnostics: Diagnostics;
  readonly #who: () => string;
  #bytes = 0;
  #allocations = 0;
  /** How many allocations succeed before one fails. */
  #failAfter = Number.POSITIVE_INFINITY;

  constructor(diagnostics: Diagnostics, who: () => string) {
    this.#diagnostics = diagnostics;
    this.#who = who;
  }

  /** Makes one allocation fail, the first after `count` others. */
  failAfter(count: number): void {
    this.#failAfter = count;
  }

  /** The address, or 0 where there is not that much memory: a package tests for NULL. */
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

  /** What a release function of a package's table does. NULL is harmless. */
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

  /** Takes a block away, whichever heap it is of; false where it is unknown. */
  take(address: bigint): boolean {
    const block = this.#blocks.get(address);
    // Session keys and passwords go through here.
    if (block) new Uint8Array(block.buffer).fill(0);
    return this.#blocks.delete(address);
  }

  /** How many bytes a block has; undefined where the address is none. */
  sizeOf(address: bigint): number | undefined {
    return this.#blocks.get(address)?.size;
  }

  /** The heap a block is of; undefined where the address is none. */
  kindOf(address: bigint): HeapKind | undefined {
    return this.#blocks.get(address)?.kind;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get allocations(): number {
    return this.#allocations;
  }

  /** What is not given back, by package and heap. */
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
