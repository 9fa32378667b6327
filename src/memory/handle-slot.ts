import { SecHandle } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "./arena.ts";

const { size: handleSize } = SecHandle.layouts[hostAbi];
const slotSize = 16;
const slotsPerSlab = 1024;
const free: HandleSlot[] = [];

/**
 * Where a `CredHandle` or `CtxtHandle` is kept while it lives. Slots come from slabs that are never given
 * back, so their addresses hold for the life of the process.
 */
export class HandleSlot {
  readonly address: number;
  readonly #arena: Arena;
  readonly #word: number;
  #leased = false;

  private constructor(arena: Arena, offset: number) {
    this.#arena = arena;
    this.#word = offset >> 2;
    this.address = arena.base + offset;
  }

  /** A slot that holds the zero handle. */
  static lease(): HandleSlot {
    if (free.length === 0) HandleSlot.#grow();
    const slot = free.pop() as HandleSlot;
    slot.clear();
    slot.#leased = true;
    return slot;
  }

  static #grow(): void {
    const arena = new Arena(slotSize * slotsPerSlab);
    for (let index = slotsPerSlab - 1; index >= 0; index -= 1) free.push(new HandleSlot(arena, index * slotSize));
  }

  clear(): void {
    for (let word = 0; word < handleSize >> 2; word += 1) this.#arena.u32[this.#word + word] = 0;
  }

  /** Whether something wrote a handle here. */
  get filled(): boolean {
    for (let word = 0; word < handleSize >> 2; word += 1) if (this.#arena.u32[this.#word + word] !== 0) return true;
    return false;
  }

  /** Only after the handle was released, and once: two contexts in one slot would be each other. */
  giveBack(): void {
    if (!this.#leased) throw new Error("a handle's slot was given back a second time");
    this.#leased = false;
    free.push(this);
  }
}
