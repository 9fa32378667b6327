import { describe, expect, it } from "vitest";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { Cell } from "../../src/memory/index.ts";
import { copyOut, writeInt64, writePointer, writeUint8, writeUint32 } from "../../src/native/index.ts";
import { widest } from "../widest.ts";

describe("a cell for an out-parameter", () => {
  it("begins as zero, whatever it is read as", () => {
    const cell = new Cell();
    expect([cell.pointer, cell.uint32, cell.int64, cell.boolean]).toEqual([0n, 0, 0n, false]);
  });

  it("has what native code writes to its address, as wide as its type", () => {
    const [pointer, count, time, truth] = [new Cell(), new Cell(), new Cell(), new Cell()];
    writePointer(pointer.address, 0x8765_4321_0fed_cba9n & widest);
    writeUint32(count.address, 0xffff_fffe);
    writeInt64(time.address, -2n);
    writeUint8(truth.address, 0x80);
    expect(pointer.pointer).toBe(0x8765_4321_0fed_cba9n & widest);
    expect([count.uint32, time.int64, truth.boolean]).toEqual([0xffff_fffe, -2n, true]);
  });

  it("gives native code what JavaScript puts there before the call", () => {
    const [handle, size] = [new Cell(), new Cell()];
    handle.pointer = widest;
    size.uint32 = 0x1234_5678;
    expect([...copyOut(handle.address, pointerSize(hostAbi))]).toEqual(Array(pointerSize(hostAbi)).fill(0xff));
    expect([...copyOut(size.address, 8)]).toEqual([0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0]);
  });

  it("is aligned for every type and has memory of its own", () => {
    const cells = Array.from({ length: 8 }, () => new Cell());
    expect(cells.filter(({ address }) => address % 8 !== 0)).toEqual([]);
    const sorted = cells.map(({ address }) => address).sort((a, b) => a - b);
    for (const [index, address] of sorted.entries())
      if (index > 0) expect(address - sorted[index - 1]!).toBeGreaterThanOrEqual(16);
  });
});
