import { SecHandle } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "./arena.ts";

const { size: handleSize } = SecHandle.layouts[hostAbi];
const slotSize = 16;
const slotsPerSlab = 1024;

/** Memory of many slots. It is dropped when all its slots are free and another slab is spare. */
class Slab {
  readonly arena = new Arena(slotSize * slotsPerSlab);
  readonly free: HandleSlot[] = [];
}

/** All slabs. */
const slabs: Slab[] = [];

/**
 * The arena whose slots include a handle's address. An in-process provider reads the handle there without calling
 * native code.
 */
export function handleArena(address: number | bigint): Arena | undefined {
  if (typeof address !== "number") return undefined;
  for (let index = 0; index < slabs.length; index += 1) {
    const { arena } = slabs[index] as Slab;
    const offset = address - arena.base;
    if (offset >= 0 && offset < slotSize * slotsPerSlab && (offset & -slotSize) === offset) return arena;
  }
  return undefined;
}

/** The slabs that have a free slot. */
const open: Slab[] = [];
/** One slab whose slots are all free; further such slabs are dropped. */
let spare: Slab | undefined;

/**
 * The memory of a `CredHandle` or `CtxtHandle` during its life. A slab stays allocated while one of its slots is
 * leased, so a slot's address is valid until the slot is given back.
 */
export class HandleSlot {
  readonly address: number;
  readonly #slab: Slab;
  readonly #arena: Arena;
  readonly #word: number;
  #leased = false;

  private constructor(slab: Slab, arena: Arena, offset: number) {
    this.#slab = slab;
    this.#arena = arena;
    this.#word = offset >> 2;
    this.address = arena.base + offset;
  }

  /** Leases a slot that contains the zero handle. */
  static lease(): HandleSlot {
    const slab = open.at(-1) ?? HandleSlot.#grow();
    if (slab === spare) spare = undefined;
    const slot = slab.free.pop() as HandleSlot;
    if (slab.free.length === 0) open.pop();
    slot.clear();
    slot.#leased = true;
    return slot;
  }

  static #grow(): Slab {
    const slab = new Slab();
    const { arena } = slab;
    for (let index = slotsPerSlab - 1; index >= 0; index -= 1)
      slab.free.push(new HandleSlot(slab, arena, index * slotSize));
    open.push(slab);
    slabs.push(slab);
    return slab;
  }

  clear(): void {
    for (let word = 0; word < handleSize >> 2; word += 1) this.#arena.u32[this.#word + word] = 0;
  }

  /** Whether the slot contains a handle other than zero. */
  get filled(): boolean {
    for (let word = 0; word < handleSize >> 2; word += 1) if (this.#arena.u32[this.#word + word] !== 0) return true;
    return false;
  }

  /** Call this once, after the handle was released: otherwise two contexts could share one slot. */
  giveBack(): void {
    if (!this.#leased) throw new Error("a handle's slot was given back a second time");
    this.#leased = false;
    const slab = this.#slab;
    if (slab.free.push(this) === 1) open.push(slab);
    if (slab.free.length < slotsPerSlab) return;
    if (spare === undefined) spare = slab;
    else for (const list of [open, slabs]) list.splice(list.indexOf(slab), 1);
  }
}
