import { SecHandle } from "../../generated/sspi/structs.ts";
import { type Address, hostAbi, pointerSize } from "../ctypes/index.ts";
import { Arena, handleArena } from "../memory/index.ts";
import { copyMemory } from "../native/index.ts";
import { checkAddress } from "../values/index.ts";

const { size: handleSize } = SecHandle.layouts[hostAbi];
const wordsPerHalf = pointerSize(hostAbi) >> 2;
let books = 0;

/** Memory to which a handle is copied. One cell is enough, because no call is made while the copy is in use. */
let cell: Arena | undefined;

/**
 * The `CredHandle`s or `CtxtHandle`s of a provider written in TypeScript: the lower half of a handle is a number, the
 * upper half identifies its book, so that a handle of another provider or of another kind is refused.
 */
export class HandleBook<T> {
  readonly #entries = new Map<number, T>();
  readonly #mark: number;
  #last = 0;

  constructor() {
    books += 1;
    this.#mark = 0x0505_0000 + books;
  }

  /** Writes a new handle where a `PCredHandle` or `PCtxtHandle` points. */
  issue(at: Address, entry: T): void {
    checkAddress(at, "at");
    if (this.#last === 0xffff_ffff) throw new RangeError("no number is left for another handle");
    this.#last += 1;
    this.#entries.set(this.#last, entry);
    cell ??= new Arena(16);
    cell.u32.fill(0);
    cell.u32[0] = this.#last;
    cell.u32[wordsPerHalf] = this.#mark;
    copyMemory(at, cell.base, handleSize);
  }

  /** The entry of the handle at an address; undefined for a handle of another book, and for one that was taken. */
  find(at: Address): T | undefined {
    return this.#entries.get(this.#idAt(at));
  }

  /** Like {@link find}, but removes the handle from the book. */
  take(at: Address): T | undefined {
    const id = this.#idAt(at);
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry;
  }

  /** Whether this book ever issued a handle, even if it was taken since. */
  issued(at: Address): boolean {
    const id = this.#idAt(at);
    return id > 0 && id <= this.#last;
  }

  /** Removes and returns all entries. */
  drain(): T[] {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    return entries;
  }

  /** How many handles are open. */
  get count(): number {
    return this.#entries.size;
  }

  /** The number of a handle of this book; 0, which no handle has, for any other value. */
  #idAt(at: Address): number {
    const own = handleArena(at);
    if (own) return this.#idOf(own.u32, (Number(at) - own.base) >> 2);
    if (at === 0 || at === 0n) return 0;
    checkAddress(at, "at");
    cell ??= new Arena(16);
    copyMemory(cell.base, at, handleSize);
    return this.#idOf(cell.u32, 0);
  }

  #idOf(words: Uint32Array, at: number): number {
    if (words[at + wordsPerHalf] !== this.#mark) return 0;
    if (wordsPerHalf === 2 && (words[at + 1] !== 0 || words[at + 3] !== 0)) return 0;
    return words[at] as number;
  }
}
