import { describe, expect, it } from "vitest";
import { SECBUFFER_UNMAPPED } from "../../generated/ntsecpkg/constants.ts";
import {
  STATUS_ACCESS_DENIED,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
} from "../../generated/ntstatus/constants.ts";
import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { copyOut, readStruct, writeBytes } from "../../src/native/index.ts";
import { lsaMemory } from "../../src/packages/host/lsa-memory.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { caller, stage } from "./lsa-functions.ts";

/** LSA's functions for memory, and a client buffer with this text. */
function memoryOf(text = "") {
  const { host, within } = stage();
  const functions = caller(lsaMemory(host));
  const call = (name: string, ...args: (number | bigint)[]) => within(() => functions(name, ...args));
  const client = text === "" ? 0n : within(() => host.heap.allocateBytes("client buffer", Buffer.from(text)));
  return { host, call, client, memory: keptMemory() };
}

const misdeeds = ({ host }: ReturnType<typeof memoryOf>) =>
  host.report().misdeeds.map(({ kind, text }) => [kind, text]);

describe("a package's heap of LSA", () => {
  it.each([
    ["AllocateLsaHeap", "FreeLsaHeap", "LSA heap"],
    ["AllocatePrivateHeap", "FreePrivateHeap", "private heap"],
  ])("%s gives zeroed memory, which %s takes back", (allocate, free, heap) => {
    const all = memoryOf();
    const address = all.call(allocate, 40n) as bigint;
    expect(copyOut(address, 40)).toEqual(new Uint8Array(40));
    expect(all.host.report()).toMatchObject({
      held: [{ package: "Caller", heap, count: 1, bytes: 40 }],
      bytesAllocated: 40,
      allocations: 1,
    });
    expect(all.call(free, address)).toBeUndefined();
    expect(all.call(free, 0)).toBeUndefined();
    expect(all.host.report()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("records a release of unknown memory, and one with another heap's function, which releases it all the same", () => {
    const all = memoryOf();
    all.call("FreeLsaHeap", 0x5_0000n);
    all.call("FreePrivateHeap", all.call("AllocateLsaHeap", 8) as bigint);
    expect(all.host.report().held).toEqual([]);
    expect(misdeeds(all)).toEqual([
      ["bad-free", "0x50000 was released to the LSA heap and is not, or no longer, allocated"],
      ["bad-free", expect.stringContaining(", allocated as LSA heap, was released as private heap")],
    ]);
  });

  it("FreeReturnBuffer takes back a reply from the LSA's heap and from a client buffer, but from no other heap", () => {
    const all = memoryOf("a reply");
    all.call("FreeReturnBuffer", all.client);
    all.call("FreeReturnBuffer", all.call("AllocateLsaHeap", 8) as bigint);
    expect(all.host.report()).toMatchObject({ held: [], misdeeds: [] });
    all.call("FreeReturnBuffer", all.call("AllocatePrivateHeap", 8) as bigint);
    expect(misdeeds(all)).toMatchObject([["bad-free", expect.stringContaining("released as LSA heap")]]);
  });
});

describe("a client buffer", () => {
  it("is allocated and released once: a second release is refused and recorded", () => {
    const all = memoryOf();
    const place = all.memory.cell();
    expect(all.call("AllocateClientBuffer", 0, 24, place.address)).toBe(STATUS_SUCCESS);
    expect(all.host.report().held).toEqual([{ package: "Caller", heap: "client buffer", count: 1, bytes: 24 }]);
    expect(all.call("FreeClientBuffer", 0, place.pointer)).toBe(STATUS_SUCCESS);
    expect(all.call("FreeClientBuffer", 0, place.pointer)).toBe(STATUS_INVALID_PARAMETER);
    expect(misdeeds(all)).toMatchObject([["bad-free", expect.any(String)]]);
  });

  it("is NULL with STATUS_NO_MEMORY when memory has run out, once", () => {
    const all = memoryOf();
    const place = all.memory.cell();
    place.pointer = 0x1234n;
    all.host.heap.failAfter(0);
    expect(all.call("AllocateClientBuffer", 0, 24, place.address)).toBe(STATUS_NO_MEMORY);
    expect(place.pointer).toBe(0n);
    expect(all.host.report()).toMatchObject({ held: [], allocations: 0, bytesAllocated: 0 });
    expect(all.call("AllocateClientBuffer", 0, 24, place.address)).toBe(STATUS_SUCCESS);
  });

  it("is copied to and from up to its last byte", () => {
    const all = memoryOf("0123456789");
    const room = all.memory.bytes(Buffer.from("abcdefghij"));
    expect(all.call("CopyToClientBuffer", 0, 4, all.client, room.address)).toBe(STATUS_SUCCESS);
    expect(Buffer.from(copyOut(all.client, 10)).toString()).toBe("abcd456789");
    writeBytes(all.client, Buffer.from("0123456789"));
    expect(all.call("CopyFromClientBuffer", 0, 10, room.address, all.client)).toBe(STATUS_SUCCESS);
    expect(Buffer.from(room.view.buffer).subarray(0, 10).toString()).toBe("0123456789");
    expect(misdeeds(all)).toEqual([]);
  });

  it.each(["CopyToClientBuffer", "CopyFromClientBuffer"])(
    "is not copied past its end by %s: nothing is written, and the misdeed recorded",
    (name) => {
      const all = memoryOf("0123456789");
      const room = all.memory.bytes(Buffer.from("abcdefghijk"));
      const places = name === "CopyToClientBuffer" ? [all.client, room.address] : [room.address, all.client];
      expect(all.call(name, 0, 11, ...places)).toBe(STATUS_ACCESS_DENIED);
      expect(misdeeds(all)).toEqual([["wrong-size", "11 bytes copied to or from a client buffer of 10"]]);
      expect(Buffer.from(copyOut(all.client, 10)).toString()).toBe("0123456789");
      expect(Buffer.from(room.view.buffer).subarray(0, 11).toString()).toBe("abcdefghijk");
    },
  );

  it.each(["CopyToClientBuffer", "CopyFromClientBuffer"])(
    "that is NULL is refused by %s, except for no bytes",
    (name) => {
      const { call, memory } = memoryOf();
      const room = memory.bytes(Buffer.from("abc"));
      for (const places of [
        [0, room.address],
        [room.address, 0],
      ]) {
        expect(call(name, 0, 3, ...places)).toBe(STATUS_INVALID_PARAMETER);
        expect(call(name, 0, 0, ...places)).toBe(STATUS_SUCCESS);
      }
    },
  );

  it("of the client's own memory is copied, since the client shares this process", () => {
    const { call, memory } = memoryOf();
    const [from, to] = [memory.bytes(Buffer.from("of the client")), memory.allocate(13)];
    expect(call("CopyFromClientBuffer", 0, 13, to.address, from.address)).toBe(STATUS_SUCCESS);
    expect(Buffer.from(to.view.buffer).subarray(0, 13).toString()).toBe("of the client");
  });

  it("is mapped by MapBuffer: only the mark of an unmapped buffer is removed", () => {
    const { call, memory } = memoryOf();
    for (const mark of [0, SECBUFFER_UNMAPPED]) {
      const BufferType = (SECBUFFER_TOKEN | 0x8000_0000 | mark) >>> 0;
      const input = memory.struct(SecBuffer, { cbBuffer: 5, BufferType, pvBuffer: 0x1234n });
      const output = memory.struct(SecBuffer, {});
      expect(call("MapBuffer", input.address, output.address)).toBe(STATUS_SUCCESS);
      expect(readStruct(SecBuffer, output.address)).toEqual({
        cbBuffer: 5,
        BufferType: (SECBUFFER_TOKEN | 0x8000_0000) >>> 0,
        pvBuffer: 0x1234n,
      });
    }
  });
});
