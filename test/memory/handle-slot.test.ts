import { describe, expect, it } from "vitest";
import { SecHandle } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { type Arena, HandleSlot, handleArena } from "../../src/memory/index.ts";
import { addressOfBuffer, copyMemory, readStruct } from "../../src/native/index.ts";
import { alignment } from "../widest.ts";

function write(slot: HandleSlot, handle: SecHandle): void {
  const bytes = new ArrayBuffer(SecHandle.layouts[hostAbi].size);
  SecHandle.write(new DataView(bytes), handle);
  copyMemory(slot.address, addressOfBuffer(bytes), bytes.byteLength);
}

const zero = { dwLower: 0n, dwUpper: 0n };

describe("handle slots", () => {
  it("are separate from each other and aligned, also beyond the first slab", () => {
    const slots = Array.from({ length: 2500 }, () => HandleSlot.lease());
    const addresses = slots.map(({ address }) => address).sort((one, other) => one - other);
    for (const [index, address] of addresses.entries()) {
      expect(address % alignment).toBe(0);
      if (index > 0) expect(address - (addresses[index - 1] as number)).toBeGreaterThanOrEqual(16);
    }
    for (const slot of slots) slot.giveBack();
  });

  it("F14 are released by the slab where many are free, and never one that is leased", () => {
    const many = Array.from({ length: 10_000 }, () => HandleSlot.lease());
    const kept = many.filter((_, index) => index % 5_000 === 0);
    for (const slot of many) if (!kept.includes(slot)) slot.giveBack();
    const again = Array.from({ length: 10_000 }, () => HandleSlot.lease());
    expect(again.filter((slot) => kept.includes(slot))).toEqual([]);
    expect(new Set(again.map(({ address }) => address)).size).toBe(10_000);
    // Slabs with a leased slot, those that are not full, and one spare.
    const old = new Set(many);
    expect(again.filter((slot) => old.has(slot)).length).toBeLessThan(5 * 1024);
    for (const slot of [...again, ...kept]) slot.giveBack();
  });

  it("F14 keep one spare slab, also where a slot of another slab was leased meanwhile", () => {
    const many = Array.from({ length: 3 * 1024 }, () => HandleSlot.lease());
    const arenas = [...new Set(many.map(({ address }) => handleArena(address)))];
    const [spare, other] = arenas
      .map((arena) => many.filter(({ address }) => handleArena(address) === arena))
      .filter(({ length }) => length === 1024) as [HandleSlot[], HandleSlot[]];
    for (const slot of spare) slot.giveBack();
    (other[0] as HandleSlot).giveBack();
    expect(HandleSlot.lease()).toBe(other[0]);
    for (const slot of other) slot.giveBack();
    const kept = [...spare, ...other].filter(({ address }) => handleArena(address) !== undefined);
    for (const slot of many) if (!spare.includes(slot) && !other.includes(slot)) slot.giveBack();
    expect(kept.length).toBe(1024);
  });

  it("hold the zero handle when leased, whatever was kept in them before", () => {
    const first = HandleSlot.lease();
    write(first, { dwLower: 1n, dwUpper: 2n });
    first.giveBack();
    const second = HandleSlot.lease();
    expect(second.address).toBe(first.address);
    expect(readStruct(SecHandle, second.address)).toEqual(zero);
    second.giveBack();
  });

  it("keep what native code writes there, without touching each other", () => {
    const [one, other] = [HandleSlot.lease(), HandleSlot.lease()];
    write(one, { dwLower: 0xffff_ffffn, dwUpper: 0xffff_fffen });
    expect(readStruct(SecHandle, one.address)).toEqual({ dwLower: 0xffff_ffffn, dwUpper: 0xffff_fffen });
    expect(readStruct(SecHandle, other.address)).toEqual(zero);
    one.clear();
    expect(readStruct(SecHandle, one.address)).toEqual(zero);
    one.giveBack();
    other.giveBack();
  });

  it("are not filled by what their neighbours hold", () => {
    const slots = Array.from({ length: 64 }, () => HandleSlot.lease());
    const empty = slots.filter((_slot, index) => index % 2 === 0);
    for (const slot of slots) if (!empty.includes(slot)) write(slot, { dwLower: 1n, dwUpper: 2n });
    expect(empty.filter(({ filled }) => filled)).toEqual([]);
    for (const slot of slots) slot.giveBack();
  });

  it("are given back once: somebody else may have them by then", () => {
    const slot = HandleSlot.lease();
    slot.giveBack();
    expect(() => slot.giveBack()).toThrow("given back a second time");
    const [one, other] = [HandleSlot.lease(), HandleSlot.lease()];
    expect(one).not.toBe(other);
    one.giveBack();
    other.giveBack();
  });

  it.each([
    { handle: zero, filled: false },
    { handle: { dwLower: 1n, dwUpper: 0n }, filled: true },
    { handle: { dwLower: 0n, dwUpper: 1n }, filled: true },
    { handle: { dwLower: 0n, dwUpper: 0x8000_0000n }, filled: true },
  ])("are filled ($filled) with $handle", ({ handle, filled }) => {
    const slot = HandleSlot.lease();
    write(slot, handle);
    expect(slot.filled).toBe(filled);
    slot.giveBack();
  });

  it("are found by their address as long as their memory is there, and no other address is found", () => {
    const many = Array.from({ length: 3000 }, () => HandleSlot.lease());
    for (const slot of many) {
      write(slot, { dwLower: BigInt(slot.address), dwUpper: 7n });
      const arena = handleArena(slot.address);
      expect(arena?.getPointer(slot.address - arena.base)).toBe(slot.address);
      const others = [slot.address + 8, slot.address + 0.5, BigInt(slot.address)];
      expect(others.map(handleArena)).toEqual([undefined, undefined, undefined]);
    }
    for (const arena of new Set(many.map(({ address }) => handleArena(address)))) {
      const { base, bytes } = arena as Arena;
      for (const outside of [base - 16, base + bytes.length]) expect(handleArena(outside) === arena).toBe(false);
    }
    const addresses = many.map(({ address }) => address);
    for (const slot of many) slot.giveBack();
    // One slab is kept, and an earlier one may have had free slots.
    const found = addresses.filter((address) => handleArena(address) !== undefined);
    expect(found.length).toBeLessThanOrEqual(2048);
    expect([handleArena(0), handleArena(4096)]).toEqual([undefined, undefined]);
  });
});
