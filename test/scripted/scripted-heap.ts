import koffi from "koffi";
import { type Address, hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { addressOfBuffer, copyMemory } from "../../src/native/index.ts";

const libc = koffi.load(process.platform === "win32" ? "msvcrt.dll" : null);
const malloc = libc.func("malloc", "uintptr_t", ["size_t"]) as unknown as (size: number) => number | bigint;
const free = libc.func("free", "void", ["uintptr_t"]) as unknown as (address: bigint) => void;

/** Writes into native memory, the way a security package does. */
export function writeNative(address: Address, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const copy = Uint8Array.from(bytes);
  copyMemory(address, addressOfBuffer(copy.buffer), copy.length);
}

/** Writes a struct into native memory. */
export function writeNativeStruct<T>(struct: Struct<T>, address: Address, value: Partial<T>): void {
  writeNative(address, bytesOfStruct(struct, value));
}

export function bytesOfStruct<T>(struct: Struct<T>, value: Partial<T>): Uint8Array {
  const bytes = new Uint8Array(struct.layouts[hostAbi].size);
  struct.write(new DataView(bytes.buffer), value);
  return bytes;
}

/** How many released allocations stay unused, so that a second release is noticed. */
const quarantineLength = 256;

/** Allocates native memory for a scripted package and records its releases. */
export class ScriptedHeap {
  readonly #held = new Map<bigint, number>();
  readonly #quarantine: bigint[] = [];
  readonly #problems: string[] = [];
  #allocated = 0;

  allocate(content: Uint8Array): bigint {
    const address = BigInt(malloc(Math.max(content.length, 16)));
    writeNative(address, content);
    this.#held.set(address, content.length);
    this.#allocated += 1;
    return address;
  }

  wideString(text: string): bigint {
    return this.allocate(Buffer.from(`${text}\0`, "utf16le"));
  }

  struct<T>(struct: Struct<T>, value: Partial<T>): bigint {
    return this.allocate(bytesOfStruct(struct, value));
  }

  /** How many allocations there have been. */
  get allocated(): number {
    return this.#allocated;
  }

  /** Releases an allocation and overwrites its content, as an allocator may. */
  release(value: Address): boolean {
    const address = BigInt(value);
    const size = this.#held.get(address);
    if (size === undefined) {
      const known = this.#quarantine.includes(address) ? "a second time" : "that this package did not allocate";
      this.#problems.push(`FreeContextBuffer was given 0x${address.toString(16)} ${known}`);
      return false;
    }
    this.#held.delete(address);
    writeNative(address, new Uint8Array(size).fill(0xdd));
    this.#quarantine.push(address);
    if (this.#quarantine.length > quarantineLength) free(this.#quarantine.shift() as bigint);
    return true;
  }

  problems(): readonly string[] {
    const held = [...this.#held].map(
      ([address, size]) => `${size} bytes at 0x${address.toString(16)} were never freed`,
    );
    return [...this.#problems, ...held];
  }
}
