import { hostAbi, pointerSize } from "../ctypes/index.ts";
import { addressOfBuffer } from "../native/index.ts";
import { lengthOf } from "../values/index.ts";

export const wordsPerPointer = pointerSize(hostAbi) / 4;

/** Writes the address `to` at the index `at`, with the width of a pointer. */
export function putPointer(words: Uint32Array, at: number, to: number): void {
  words[at] = to >>> 0;
  if (wordsPerPointer === 2) words[at + 1] = (to / 0x1_0000_0000) >>> 0;
}

export function getPointer(words: Uint32Array, at: number): number {
  const low = words[at] as number;
  return wordsPerPointer === 2 ? low + (words[at + 1] as number) * 0x1_0000_0000 : low;
}

/**
 * Memory that JavaScript writes with typed-array stores and native code reads by address. It is an ordinary
 * ArrayBuffer, so it never leaks, and its bytes do not move while it is reachable.
 */
export class Arena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly u16: Uint16Array<ArrayBuffer>;
  readonly u32: Uint32Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Address of byte 0. */
  readonly base: number;
  #top: number;
  readonly #reserved: number;
  /** Arenas for allocations that did not fit; they stay reachable until the next reset. */
  #spilled: Arena[] = [];

  /** The first `reserved` bytes belong to the owner and are never allocated. */
  constructor(size: number, reserved = 0) {
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.view = new DataView(buffer);
    this.base = addressOfBuffer(buffer);
    this.#reserved = (reserved + 15) & ~15;
    this.#top = this.#reserved;
  }

  /** Writes the address `to` at `offset`, with the width of a pointer. `offset` is a multiple of 4. */
  putPointer(offset: number, to: number): void {
    putPointer(this.u32, offset >> 2, to);
  }

  getPointer(offset: number): number {
    return getPointer(this.u32, offset >> 2);
  }

  /** Allocates room for `size` bytes, aligned for any type and not zeroed. */
  allocate(size: number): Room {
    const start = this.#top;
    const rounded = Math.ceil(size / 16) * 16;
    if (start + rounded <= this.bytes.length) {
      this.#top = start + rounded;
      return new Room(this, start, size);
    }
    const spill = new Arena(rounded);
    this.#spilled.push(spill);
    return spill.allocate(size);
  }

  /** Allocates room and copies `bytes` into it, all of them: a caller's array may have a length of its own. */
  write(bytes: Uint8Array): Room {
    const room = this.allocate(lengthOf(bytes));
    room.arena.bytes.set(bytes, room.offset);
    return room;
  }

  /** Zeroes everything that was allocated since the last reset; used when some of it is secret. */
  wipe(): void {
    this.bytes.fill(0, this.#reserved, this.#top);
    for (const spill of this.#spilled) spill.wipe();
  }

  /** Takes back all allocations. */
  reset(): void {
    this.#top = this.#reserved;
    if (this.#spilled.length > 0) this.#spilled = [];
  }
}

/** A run of bytes in an arena. */
export class Room {
  readonly arena: Arena;
  readonly offset: number;
  readonly size: number;

  constructor(arena: Arena, offset: number, size: number) {
    this.arena = arena;
    this.offset = offset;
    this.size = size;
  }

  get address(): number {
    return this.arena.base + this.offset;
  }

  /** The first `size` bytes, not a copy. */
  bytes(size = this.size): Uint8Array<ArrayBuffer> {
    return this.arena.bytes.subarray(this.offset, this.offset + size);
  }

  /** `offset` is a multiple of 4, here and in {@link putPointer}. */
  putUint32(offset: number, value: number): void {
    this.arena.u32[(this.offset + offset) >> 2] = value;
  }

  putPointer(offset: number, to: number): void {
    this.arena.putPointer(this.offset + offset, to);
  }

  zero(): void {
    this.arena.bytes.fill(0, this.offset, this.offset + this.size);
  }
}

/** Runs `work` with an arena for one call. The arena does not move while `work` runs, and is zeroed afterwards. */
export function withArena<T>(size: number, work: (arena: Arena) => T): T {
  const arena = new Arena(Math.ceil(size / 16) * 16);
  try {
    return work(arena);
  } finally {
    arena.wipe();
  }
}
