import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_VERSION } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { arrayOf, hostAbi } from "../../src/ctypes/index.ts";
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

  it("is copied to an in-process provider and back, its buffers alone and only as many as it has", () => {
    fc.assert(
      fc.property(entries, entries, fc.nat({ max: 5 }), (given, answers, at) => {
        const { arena, buffers } = list();
        const words = (SecBuffer.layouts[hostAbi].size / 4) * given.length;
        buffers.length = 0;
        for (const { type, address, size } of given) buffers.add(type, address, size);
        const target = new Uint32Array(at + words + 3).fill(7);
        buffers.copyOut(target, at);
        const bytes = Buffer.from(target.buffer);
        const start = Number(readStruct(SecBufferDesc, buffers.address).pBuffers) - arena.base;
        expect(bytes.subarray(at * 4, (at + words) * 4)).toEqual(Buffer.from(arena.bytes.buffer, start, words * 4));
        expect([...target.subarray(0, at), ...target.subarray(at + words)]).toEqual(Array(at + 3).fill(7));

        const answer = new Uint32Array(at + words + 3).fill(9);
        const other = list();
        for (const { type, address, size } of answers.slice(0, given.length)) other.buffers.add(type, address, size);
        other.buffers.copyOut(answer, at);
        const before = Buffer.from(arena.bytes);
        buffers.copyIn(answer, at);
        expect(Buffer.from(arena.bytes.buffer, start, words * 4)).toEqual(
          Buffer.from(answer.buffer, at * 4, words * 4),
        );
        const after = Buffer.from(arena.bytes);
        for (const bytesOf of [before, after]) bytesOf.fill(0, start, start + words * 4);
        expect(after).toEqual(before);
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
