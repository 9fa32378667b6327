import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_VERSION } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { arrayOf, hostAbi } from "../../src/ctypes/index.ts";
import { getPointer, wordsPerPointer } from "../../src/memory/arena.ts";
import { bufferListSize } from "../../src/memory/buffer-list.ts";
import { Arena, BufferList } from "../../src/memory/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { widestNumber } from "../widest.ts";

const capacity = 6;
const offset = 32;

function list(): { readonly arena: Arena; readonly buffers: BufferList } {
  const arena = new Arena(1024);
  return { arena, buffers: new BufferList(arena, offset) };
}

const entry = fc.record({
  type: fc.nat({ max: 0xffff_ffff }),
  address: fc.nat({ max: widestNumber }),
  size: fc.nat({ max: 0xffff_ffff }),
});
const entries = fc.array(entry, { maxLength: capacity });

/** The list that a package finds behind a `PSecBufferDesc`. */
function seenByPackage(address: number): { readonly version: number; readonly buffers: readonly SecBuffer[] } {
  const { ulVersion, cBuffers, pBuffers } = readStruct(SecBufferDesc, address);
  const bytes = copyOut(pBuffers, cBuffers * SecBuffer.layouts[hostAbi].size);
  return { version: ulVersion, buffers: arrayOf(SecBuffer, cBuffers).get(new DataView(bytes.buffer), 0) };
}

describe("a buffer list", () => {
  it("is a SecBufferDesc with its SecBuffers at its address", () => {
    fc.assert(
      fc.property(entries, (wanted) => {
        const { buffers } = list();
        for (const { type, address, size } of wanted) buffers.add(type, address, size);
        expect(seenByPackage(buffers.address)).toEqual({
          version: SECBUFFER_VERSION,
          buffers: wanted.map(({ type, address, size }) => ({
            cbBuffer: size,
            BufferType: type,
            pvBuffer: BigInt(address),
          })),
        });
      }),
    );
  });

  it("changes the size of one buffer alone", () => {
    const { buffers } = list();
    for (const size of [1, 2, 3]) buffers.add(size, 0x100 * size, size);
    buffers.setSize(1, 7);
    const shown = seenByPackage(buffers.address).buffers.map((one) => [one.BufferType, one.cbBuffer, one.pvBuffer]);
    expect(shown).toEqual([
      [1, 1, 0x100n],
      [2, 7, 0x200n],
      [3, 3, 0x300n],
    ]);
  });

  it("reads what a package wrote into its buffers", () => {
    fc.assert(
      fc.property(entries, fc.array(entry, { minLength: capacity, maxLength: capacity }), (given, written) => {
        const { arena, buffers } = list();
        for (const { type, address, size } of given) buffers.add(type, address, size);
        const start = Number(readStruct(SecBufferDesc, buffers.address).pBuffers) - arena.base;
        for (const [index, { type, address, size }] of written.slice(0, given.length).entries()) {
          const value = { cbBuffer: size, BufferType: type, pvBuffer: BigInt(address) };
          SecBuffer.write(arena.view, value, start + index * SecBuffer.layouts[hostAbi].size);
          expect([buffers.type(index), buffers.pointer(index), buffers.size(index)]).toEqual([type, address, size]);
        }
        expect(buffers.length).toBe(given.length);
      }),
    );
  });

  it("writes nowhere but in the bytes it asks for", () => {
    const { arena, buffers } = list();
    const outside = (): Uint8Array =>
      Uint8Array.of(...arena.bytes.subarray(0, offset), ...arena.bytes.subarray(offset + bufferListSize(capacity)));
    for (let index = 0; index < capacity; index += 1)
      buffers.set(index, 0xffff_ffff, Number.MAX_SAFE_INTEGER, 0xffff_ffff);
    buffers.length = capacity;
    expect(outside().every((byte) => byte === 0)).toBe(true);
    expect(arena.bytes.some((byte) => byte !== 0)).toBe(true);
  });

  it("gives an in-process provider the size and address of one buffer, and takes its own, and changes nothing else", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: capacity }), fc.nat(), entry, (given, which, answer) => {
        const { arena, buffers } = list();
        buffers.length = 0;
        for (const { type, address, size } of given) buffers.add(type, address, size);
        const index = which % given.length;
        const [sizeWord, pointerWord] = [1, 3];
        const words = new Uint32Array(8).fill(7);
        const other = list().buffers;
        other.add(answer.type, answer.address, answer.size);

        buffers.copyOut(index, words, sizeWord, pointerWord);
        expect([words[sizeWord], getPointer(words, pointerWord)]).toEqual([given[index]?.size, given[index]?.address]);
        const used = [sizeWord, ...Array.from({ length: wordsPerPointer }, (_, word) => pointerWord + word)];
        expect([...words].filter((_, word) => !used.includes(word)).every((word) => word === 7)).toBe(true);

        const seen = seenByPackage(buffers.address).buffers;
        other.copyOut(0, words, sizeWord, pointerWord);
        buffers.copyIn(index, words, sizeWord, pointerWord);
        const changed = { cbBuffer: answer.size, pvBuffer: BigInt(answer.address) };
        expect(seenByPackage(buffers.address).buffers).toEqual(
          seen.map((buffer, at) => (at === index ? { ...buffer, ...changed } : buffer)),
        );
        expect(arena.bytes.subarray(0, offset).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it.each([
    { what: "empty, wherever it is", size: 0, address: 5, inside: true },
    { what: "in its place and full", size: 32, address: 4096, inside: true },
    { what: "in its place and larger by one byte", size: 33, address: 4096, inside: false },
    { what: "in another place and small", size: 1, address: 4097, inside: false },
    { what: "in another place and larger", size: 33, address: 4097, inside: false },
  ])("knows whether a buffer that a package has written is inside its room: $what", ({ size, address, inside }) => {
    const { buffers } = list();
    buffers.add(1, 4096, 32);
    buffers.set(0, 1, address, size);
    expect(buffers.isInside(0, 4096, 32)).toBe(inside);
  });

  it("finds the first buffer of a type, among those that it has now", () => {
    const { buffers } = list();
    for (const type of [5, 2, 1, 2]) buffers.add(type, 0, 0);
    expect([buffers.find(5), buffers.find(2), buffers.find(1), buffers.find(9)]).toEqual([0, 1, 2, -1]);
    buffers.length = 1;
    expect(buffers.find(2)).toBe(-1);
  });

  it("is empty at first, and filled from the front again after its length was set to zero", () => {
    const { buffers } = list();
    expect(buffers.length).toBe(0);
    buffers.add(1, 2, 3);
    buffers.length = 0;
    buffers.add(4, 5, 6);
    expect([buffers.length, buffers.type(0), buffers.pointer(0), buffers.size(0)]).toEqual([1, 4, 5, 6]);
  });

  it("D2 is whole again for the next call, whatever a package wrote to its descriptor", () => {
    fc.assert(
      fc.property(entries, fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xffff_ffff }), (given, count, word) => {
        const { arena, buffers } = list();
        buffers.length = 2;
        const { ulVersion, cBuffers, pBuffers } = SecBufferDesc.layouts[hostAbi].offsets;
        arena.u32[(offset + ulVersion) >> 2] = word;
        arena.u32[(offset + cBuffers) >> 2] = count;
        arena.putPointer(offset + pBuffers, word);
        expect(buffers.length).toBe(Math.min(count, 2));
        buffers.length = 0;
        for (const { type, address, size } of given) buffers.add(type, address, size);
        expect(seenByPackage(buffers.address)).toMatchObject({ version: SECBUFFER_VERSION });
        expect(seenByPackage(buffers.address).buffers).toHaveLength(given.length);
      }),
    );
  });
});
