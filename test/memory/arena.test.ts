import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { hostAbi, pointer } from "../../src/ctypes/index.ts";
import { Arena, type Room, withArena } from "../../src/memory/index.ts";
import { copyMemory, copyOut } from "../../src/native/index.ts";
import { alignment } from "../widest.ts";

const sizes = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 20 });

function byAddress(rooms: readonly Room[]): readonly Room[] {
  return rooms.filter(({ size }) => size > 0).sort((one, other) => one.address - other.address);
}

describe("allocations of an arena", () => {
  it.each([Number.NaN, -1, 0, 2 ** 32, "2"])("hold all bytes of an array whose own length is %j", (length) => {
    const arena = new Arena(64);
    const room = arena.write(Object.defineProperty(Uint8Array.of(1, 2, 3), "length", { value: length }));
    expect([...room.arena.bytes.subarray(room.offset, room.offset + room.size)]).toEqual([1, 2, 3]);
  });

  it("never overlap, and are aligned for any type, also those that did not fit", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 64 }), (wanted, reserved) => {
        const arena = new Arena(1024, reserved);
        const rooms = wanted.map((size) => arena.allocate(size));
        expect(rooms.map(({ size }) => size)).toEqual(wanted);
        const sorted = byAddress(rooms);
        const overlapping = sorted.filter((room, index) => {
          const before = sorted[index - 1];
          return before !== undefined && room.address < before.address + before.size;
        });
        expect([...overlapping, ...rooms.filter(({ address }) => address % alignment !== 0)]).toEqual([]);
      }),
    );
  });

  it("stay inside their memory and clear of what the owner laid out", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 64 }), (wanted, reserved) => {
        const arena = new Arena(1024, reserved);
        const outside = wanted
          .map((size) => arena.allocate(size))
          .filter(
            (room) =>
              room.offset + room.size > room.arena.bytes.length || (room.arena === arena && room.offset < reserved),
          );
        expect(outside).toEqual([]);
      }),
    );
  });

  it("keep what is written to them, each for itself", () => {
    fc.assert(
      fc.property(sizes, (wanted) => {
        const arena = new Arena(1024);
        const rooms = wanted.map((size) => arena.allocate(size));
        for (const [index, room] of rooms.entries()) room.bytes().fill(index + 1);
        const kept = rooms.every(({ address, size }, index) =>
          copyOut(address, size).every((byte) => byte === index + 1),
        );
        expect(kept).toBe(true);
      }),
    );
  });

  it("are in memory of their own where they do not fit, however large", () => {
    const arena = new Arena(64);
    const small = arena.allocate(40);
    const large = arena.allocate(100_000);
    expect(small.arena).toBe(arena);
    expect(large.arena).not.toBe(arena);
    expect(large.bytes().length).toBe(100_000);
    expect(arena.allocate(16).arena).toBe(arena);
  });
});

describe("wiping an arena", () => {
  it("zeroes all that was handed out since the last reset, also what did not fit, and nothing of the owner's", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 64 }), fc.nat({ max: 32 }), (wanted, reserved, size) => {
        const arena = new Arena(size * 16 + ((reserved + 15) & ~15), reserved);
        arena.bytes.fill(0xaa);
        const rooms = wanted.map((room) => arena.allocate(room));
        for (const room of rooms) room.bytes().fill(0xbb);
        arena.wipe();
        expect(rooms.filter((room) => room.bytes().some((byte) => byte !== 0))).toEqual([]);
        expect(arena.bytes.subarray(0, reserved).every((byte) => byte === 0xaa)).toBe(true);
      }),
    );
  });

  it("follows a call in memory of its own, whatever the call's outcome", () => {
    for (const fails of [false, true]) {
      const rooms: Room[] = [];
      const call = (): void =>
        withArena(64, (arena) => {
          for (const size of [16, 48, 64, 1000]) rooms.push(arena.write(new Uint8Array(size).fill(0xbb)));
          if (fails) throw new Error("the package is broken");
        });
      if (fails) expect(call).toThrow("the package is broken");
      else call();
      for (const room of rooms) expect(room.bytes()).toEqual(new Uint8Array(room.size));
    }
  });
});

describe("an arena", () => {
  let arena: Arena;
  beforeEach(() => {
    arena = new Arena(256, 20);
  });

  it("hands the same places out again after a reset", () => {
    const first = [arena.allocate(10), arena.allocate(100)].map(({ address }) => address);
    arena.reset();
    expect([arena.allocate(10), arena.allocate(100)].map(({ address }) => address)).toEqual(first);
  });

  it("does not reuse its allocations before the reset", () => {
    expect(arena.allocate(16).address).not.toBe(arena.allocate(16).address);
  });

  it("is at the address that native code reads it from", () => {
    arena.bytes.set([1, 2, 3], 7);
    expect(copyOut(arena.base + 7, 3)).toEqual(Uint8Array.of(1, 2, 3));
    const room = arena.allocate(8);
    copyMemory(room.address, arena.base + 7, 3);
    expect(room.bytes(3)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("zeroes a room, and nothing around it", () => {
    arena.bytes.fill(0xaa);
    const room = arena.allocate(10);
    room.zero();
    const zeroed = [...arena.bytes.entries()].filter(([, byte]) => byte === 0).map(([index]) => index - room.offset);
    expect(zeroed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("writes numbers and pointers where a room has them, and nothing around them", () => {
    arena.allocate(16);
    const room = arena.allocate(24);
    arena.bytes.fill(0xaa);
    room.putUint32(4, 0x1234_5678);
    room.putPointer(8, 0x5566_7788);
    const expected = new DataView(new ArrayBuffer(24));
    new Uint8Array(expected.buffer).fill(0xaa);
    expected.setUint32(4, 0x1234_5678, true);
    pointer.set(expected, 8, 0x5566_7788n, "pointer");
    expect(room.bytes()).toEqual(new Uint8Array(expected.buffer));
    const [before, after] = [arena.bytes.subarray(0, room.offset), arena.bytes.subarray(room.offset + room.size)];
    expect([...before, ...after].every((byte) => byte === 0xaa)).toBe(true);
  });

  it("of one call has room for what was asked for, in one piece", () => {
    for (const size of [1, 16, 17, 1000])
      withArena(size, (own) => {
        expect(own.allocate(size).arena).toBe(own);
        expect(own.bytes.length).toBeLessThan(size + 16);
        expect(own.allocate(1).arena).not.toBe(own);
      });
  });

  it("forgets at a reset what did not fit, so that wiping it later does not reach memory of somebody else", () => {
    const spilled = arena.allocate(1000);
    arena.reset();
    spilled.bytes().fill(0xbb);
    arena.wipe();
    expect(spilled.bytes().every((byte) => byte === 0xbb)).toBe(true);
  });

  it("writes pointers as C reads them, up to 2^53", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), fc.nat(20), (address, word) => {
        arena.bytes.fill(0xff);
        arena.putPointer(word * 4, Number(address));
        expect(pointer.get(arena.view, word * 4)).toBe(BigInt.asUintN(pointer.size(hostAbi) * 8, address));
        expect(arena.getPointer(word * 4)).toBe(Number(pointer.get(arena.view, word * 4)));
      }),
    );
  });
});
