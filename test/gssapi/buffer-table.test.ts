import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_READONLY, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { BufferTable, findBuffer } from "../../src/gssapi/buffer-table.ts";
import { Arena, type BufferList, leaseWorkspace, returnWorkspace } from "../../src/memory/index.ts";

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

function contentOf(buffers: BufferList) {
  return Array.from({ length: buffers.length }, (_, index) => ({
    BufferType: buffers.type(index),
    cbBuffer: buffers.size(index),
    pvBuffer: BigInt(buffers.pointer(index)),
  }));
}

describe("a caller's list of buffers", () => {
  it("is the same for a list in the workspace that is in use and for one elsewhere, and is changed there", () => {
    const table = new BufferTable();
    const foreign = elsewhere(2);
    const workspace = leaseWorkspace();
    try {
      for (const list of [workspace.message, workspace.input, workspace.output]) {
        list.length = 0;
        for (const { BufferType, cbBuffer, pvBuffer } of given) list.add(BufferType, Number(pvBuffer), cbBuffer);
        for (const address of [foreign.address, list.address, BigInt(list.address)]) {
          const buffers = table.read(address);
          expect(contentOf(buffers)).toEqual(given);
          const found = [SECBUFFER_TOKEN, SECBUFFER_DATA, 9].map((type) => findBuffer(buffers, type));
          expect(found).toEqual([0, 1, -1]);
        }
        const buffers = table.read(list.address);
        buffers.setSize(0, 28);
        buffers.setPointer(1, 4096);
        table.write();
        expect([list.size(0), list.pointer(0), list.size(1), list.pointer(1)]).toEqual([
          28, 0x7f12_3456_7890, 16, 4096,
        ]);
      }
      table.read(foreign.address).setSize(0, 28);
      table.write();
      expect(foreign.read()).toEqual([{ ...given[0], cbBuffer: 28 }, given[1]]);
    } finally {
      returnWorkspace(workspace);
    }
  });

  it("is read from memory for a list whose call is nested or has returned, and is written back there", () => {
    const table = new BufferTable();
    const [outer, inner] = [leaseWorkspace(), leaseWorkspace()];
    outer.message.length = 1;
    outer.message.set(0, SECBUFFER_TOKEN, 4096, 60);
    const buffers = table.read(outer.message.address);
    expect(contentOf(buffers)).toEqual([{ BufferType: SECBUFFER_TOKEN, cbBuffer: 60, pvBuffer: 4096n }]);
    buffers.setSize(0, 1);
    expect(outer.message.size(0)).toBe(60);
    table.write();
    expect(outer.message.size(0)).toBe(1);
    for (const workspace of [inner, outer]) returnWorkspace(workspace);
    expect(table.read(outer.message.address).size(0)).toBe(1);
  });

  it("is empty for NULL, also after another list, and refused for more buffers than a call can have", () => {
    const table = new BufferTable();
    table.read(elsewhere(2).address);
    expect(table.read(0n).length).toBe(0);
    expect(() => table.read(elsewhere(33).address)).toThrow("a list of 33 buffers");
    expect(table.read(0).length).toBe(0);
  });
});
