import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_EMPTY } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import type { NativeMemory } from "../../src/interface/native-memory.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { Diagnostics } from "../../src/packages/host/diagnostics.ts";
import { Heap } from "../../src/packages/host/heap.ts";
import type { HostCore } from "../../src/packages/host/host-core.ts";
import { settlePacked } from "../../src/packages/host/packed-context.ts";
import { keptMemory } from "../interface/kept-memory.ts";

/** Runs settlePacked() on a packed context as a package returns it. */
function settled(pvBuffer: (heap: Heap, memory: NativeMemory) => bigint, cbBuffer: number, failAfter?: number) {
  const diagnostics = new Diagnostics(() => "the package");
  const heap = new Heap(diagnostics, () => "the package");
  const memory = keptMemory();
  const at = memory.struct(SecBuffer, { cbBuffer, BufferType: SECBUFFER_EMPTY, pvBuffer: pvBuffer(heap, memory) });
  if (failAfter !== undefined) heap.failAfter(failAfter);
  const status = settlePacked({ heap, diagnostics } as HostCore, at.address);
  const rest = { bytesAllocated: 0, allocations: 0, held: [], open: { credentials: 0, contexts: 0, tokens: 0 } };
  return { heap, status, packed: readStruct(SecBuffer, at.address), misdeeds: diagnostics.report(rest).misdeeds };
}

describe("a packed context that a package returns", () => {
  it("may fill its allocation; one byte more is refused, and the allocation is released", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: -2, max: 2 }), (size, more) => {
        fc.pre(size + more >= 0);
        const given = settled((heap) => heap.allocateBytes("DLL heap", new Uint8Array(size).fill(7)), size + more);
        if (more <= 0) {
          expect(given).toMatchObject({ status: SEC_E_OK, packed: { cbBuffer: size + more }, misdeeds: [] });
          expect(given.heap.held()).toMatchObject([{ bytes: size }]);
          return;
        }
        expect(given).toMatchObject({ status: SEC_E_INTERNAL_ERROR, packed: { cbBuffer: 0, pvBuffer: 0n } });
        expect(given.misdeeds).toMatchObject([
          { kind: "wrong-size", text: `claims ${size + more} bytes in a packed context of ${size}` },
        ]);
        expect(given.heap.held()).toEqual([]);
      }),
    );
  });

  it("is copied if it is outside the host's heaps, or SEC_E_INSUFFICIENT_MEMORY without memory for the copy", () => {
    const bytes = Buffer.from("a packed context");
    const foreign = (_: Heap, memory: NativeMemory): bigint => BigInt(memory.bytes(bytes).address);
    const copied = settled(foreign, bytes.length);
    expect(copied).toMatchObject({ status: SEC_E_OK, misdeeds: [{ kind: "unknown-pointer" }] });
    expect(Buffer.from(copyOut(copied.packed.pvBuffer, copied.packed.cbBuffer))).toEqual(bytes);
    expect(copied.heap.kindOf(copied.packed.pvBuffer)).toBe("client buffer");
    const failed = settled(foreign, bytes.length, 0);
    expect(failed).toMatchObject({ status: SEC_E_INSUFFICIENT_MEMORY, packed: { cbBuffer: 0, pvBuffer: 0n } });
    expect(failed.heap.held()).toEqual([]);
  });

  it("may be empty", () => {
    expect(settled(() => 0n, 0)).toMatchObject({ status: SEC_E_OK, misdeeds: [] });
  });
});
