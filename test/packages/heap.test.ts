import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeBytes } from "../../src/native/index.ts";
import { Diagnostics } from "../../src/packages/host/diagnostics.ts";
import { Heap, type HeapKind } from "../../src/packages/host/heap.ts";
import { keepBuffers, notZeroed } from "../memory/kept-buffers.ts";

const kinds: readonly HeapKind[] = ["LSA heap", "private heap", "client buffer", "DLL heap"];
const who = () => "the package";

/** The ways to return a block to its heap. */
const ways: Readonly<Record<string, (heap: Heap, kind: HeapKind, address: bigint) => boolean>> = {
  "its release function": (heap, kind, address) => heap.release(kind, address),
  "that of another heap": (heap, kind, address) => heap.release(kinds.find((one) => one !== kind) ?? kind, address),
  "the host itself": (heap, _kind, address) => heap.take(address),
};

describe("a block of a host's heap", () => {
  it.each(Object.entries(ways))(
    "is zeroed when %s takes it back, and the other blocks stay unchanged",
    (_way, give) => {
      const kept = keepBuffers();
      fc.assert(
        fc.property(
          fc.array(fc.record({ kind: fc.constantFrom(...kinds), size: fc.integer({ min: 1, max: 300 }) }), {
            minLength: 2,
          }),
          fc.nat(),
          (wanted, chosen) => {
            const heap = new Heap(new Diagnostics(who), who);
            const before = kept.length;
            const blocks = wanted.map(({ kind, size }, index) => {
              // Every other block is written at its allocation, the rest after it.
              const secret = new Uint8Array(size).fill(index + 1);
              const address = index % 2 === 0 ? heap.allocateBytes(kind, secret) : heap.allocate(kind, size);
              writeBytes(address, secret);
              return { kind, address };
            });
            const mine = kept.slice(before);
            const { kind, address } = blocks[chosen % blocks.length] as (typeof blocks)[number];
            const others = mine.filter((_, index) => index !== chosen % blocks.length);
            expect(give(heap, kind, address)).toBe(true);
            expect(notZeroed(mine)).toEqual(others);
          },
        ),
        { numRuns: 30 },
      );
    },
  );
});
