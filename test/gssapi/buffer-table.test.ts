import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_READONLY, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { BufferTable } from "../../src/gssapi/buffer-table.ts";
import { Arena, leaseWorkspace, returnWorkspace } from "../../src/memory/index.ts";

const { size } = SecBuffer.layouts[hostAbi];
const given = [
  { BufferType: SECBUFFER_TOKEN, cbBuffer: 60, pvBuffer: 0x7f12_3456_7890n },
  { BufferType: (SECBUFFER_DATA | SECBUFFER_READONLY) >>> 0, cbBuffer: 16, pvBuffer: 0x7f12_3456_78f0n },
];

/** A list in memory outside of any workspace: its address, and its content. */
function elsewhere(count: number) {
  const arena = new Arena(2048);
  const [list, buffers] = [arena.allocate(16), arena.allocate(count * size)];
  SecBufferDesc.write(arena.view, { ulVersion: 0, cBuffers: count, pBuffers: BigInt(buffers.address) }, list.offset);
  for (const [index, buffer] of given.entries()) SecBuffer.write(arena.view, buffer, buffers.offset + index * size);
  return {
    address: list.address,
    read: () => given.map((_, index) => SecBuffer.read(arena.view, buffers.offset + index * size)),
  };
}

function contentOf(table: BufferTable) {
  return Array.from({ length: table.length }, (_, index) => ({
    BufferType: table.type(index),
    cbBuffer: table.size(index),
    pvBuffer: BigInt(table.address(index)),
  }));
}

describe("the copy of a caller's list of buffers", () => {
  it("is the same for a list in the workspace that is in use and for one elsewhere, and is written back there", () => {
    const table = new BufferTable();
    const foreign = elsewhere(2);
    const workspace = leaseWorkspace();
    try {
      for (const list of [workspace.message, workspace.input, workspace.output]) {
        list.length = 0;
        for (const { BufferType, cbBuffer, pvBuffer } of given) list.add(BufferType, Number(pvBuffer), cbBuffer);
        for (const address of [foreign.address, list.address, BigInt(list.address)]) {
          table.read(address);
          expect(contentOf(table)).toEqual(given);
          expect([table.find(SECBUFFER_TOKEN), table.find(SECBUFFER_DATA), table.find(9)]).toEqual([0, 1, -1]);
        }
        table.read(list.address);
        table.setSize(0, 28);
        table.setAddress(1, 4096);
        table.write();
        expect([list.size(0), list.pointer(0), list.size(1), list.pointer(1)]).toEqual([
          28, 0x7f12_3456_7890, 16, 4096,
        ]);
      }
      table.read(foreign.address);
      table.setSize(0, 28);
      table.write();
      expect(foreign.read()).toEqual([{ ...given[0], cbBuffer: 28 }, given[1]]);
    } finally {
      returnWorkspace(workspace);
    }
  });

  it("is read from memory for a list whose call is nested or has returned", () => {
    const table = new BufferTable();
    const [outer, inner] = [leaseWorkspace(), leaseWorkspace()];
    outer.message.length = 1;
    outer.message.set(0, SECBUFFER_TOKEN, 4096, 60);
    table.read(outer.message.address);
    expect(contentOf(table)).toEqual([{ BufferType: SECBUFFER_TOKEN, cbBuffer: 60, pvBuffer: 4096n }]);
    table.setSize(0, 1);
    table.write();
    expect(outer.message.size(0)).toBe(1);
    for (const workspace of [inner, outer]) returnWorkspace(workspace);
    table.read(outer.message.address);
    expect(table.size(0)).toBe(1);
  });

  it("is empty for NULL, also after another list, and refused for more buffers than a call can have", () => {
    const table = new BufferTable();
    table.read(elsewhere(2).address);
    table.read(0n);
    expect(table.length).toBe(0);
    expect(() => table.read(elsewhere(33).address)).toThrow("a list of 33 buffers");
    expect(table.length).toBe(0);
  });
});
