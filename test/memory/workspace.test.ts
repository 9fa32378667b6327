import { describe, expect, it } from "vitest";
import { contextAttributes, credentialAttributes } from "../../generated/attributes.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import {
  leaseWorkspace,
  returnWorkspace,
  unreported,
  type Workspace,
  withWorkspace,
  workspaceInUse,
} from "../../src/memory/index.ts";
import { copyMemory, copyOut, readStruct } from "../../src/native/index.ts";
import { widest } from "../widest.ts";

function leased(use: (workspace: Workspace) => void): void {
  const workspace = leaseWorkspace();
  try {
    use(workspace);
  } finally {
    returnWorkspace(workspace);
  }
}

describe("leasing", () => {
  it("gives a call inside a call a workspace of its own", () => {
    leased((outer) => {
      outer.message.length = 0;
      outer.message.add(1, 2, 3);
      leased((inner) => {
        expect(inner).not.toBe(outer);
        expect(inner.arena).not.toBe(outer.arena);
        inner.message.length = 0;
      });
      expect(outer.message.length).toBe(1);
    });
  });

  it("hands a returned workspace out again, with all its room", () => {
    let first: Workspace | undefined;
    let room = 0;
    leased((workspace) => {
      first = workspace;
      room = workspace.arena.allocate(1000).address;
    });
    leased((workspace) => {
      expect(workspace).toBe(first);
      expect(workspace.arena.allocate(1000).address).toBe(room);
    });
  });

  it("never gives one workspace to two, however many are out", () => {
    const out = Array.from({ length: 20 }, leaseWorkspace);
    expect(new Set(out).size).toBe(20);
    out.forEach(returnWorkspace);
  });

  it("F14 keeps a limited number of what was returned", () => {
    const first = Array.from({ length: 100 }, leaseWorkspace);
    first.forEach(returnWorkspace);
    const second = Array.from({ length: 100 }, leaseWorkspace);
    second.forEach(returnWorkspace);
    expect(second.filter((workspace) => first.includes(workspace))).toHaveLength(16);
  });

  it("takes a workspace back once", () => {
    const workspace = leaseWorkspace();
    returnWorkspace(workspace);
    expect(() => returnWorkspace(workspace)).toThrow("returned a second time");
    const [one, other] = [leaseWorkspace(), leaseWorkspace()];
    expect(one).not.toBe(other);
    returnWorkspace(one);
    returnWorkspace(other);
  });
});

describe("the workspace in use", () => {
  it("is the one that was leased last, until that one is returned", () => {
    const [outer, inner] = [leaseWorkspace(), leaseWorkspace()];
    expect(workspaceInUse()).toBe(inner);
    returnWorkspace(outer);
    expect(workspaceInUse()).toBe(inner);
    returnWorkspace(inner);
    expect(workspaceInUse()).toBeUndefined();
  });

  it("has its lists at their addresses, and no list anywhere else", () => {
    leased((workspace) => {
      for (const list of [workspace.input, workspace.output, workspace.message])
        expect(workspace.listAt(list.address)).toBe(list);
      for (const wrong of [0, workspace.input.address + 1, workspace.valueAddress, BigInt(workspace.input.address)])
        expect(workspace.listAt(wrong)).toBeUndefined();
    });
  });
});

/** Each place that native code receives: its address and how many bytes may be written there. */
function places(workspace: Workspace): readonly (readonly [name: string, address: number, size: number])[] {
  const list = (capacity: number) => SecBufferDesc.layouts[hostAbi].size + capacity * SecBuffer.layouts[hostAbi].size;
  return [
    ["input", workspace.input.address, list(12)],
    ["output", workspace.output.address, list(4)],
    ["message", workspace.message.address, list(32)],
    ["attributes", workspace.attributesAddress, 4],
    ["quality", workspace.qualityAddress, 4],
    ["expiry", workspace.expiryAddress, 8],
    ["pointer", workspace.pointerAddress, 8],
    ["count", workspace.countAddress, 4],
    ["value", workspace.valueAddress, 1024],
  ];
}

describe("the places of a workspace", () => {
  it("are aligned, do not overlap, and are clear of what is allocated", () => {
    leased((workspace) => {
      const sorted = [...places(workspace), ["room", workspace.arena.allocate(16).address, 16] as const].sort(
        (one, other) => one[1] - other[1],
      );
      expect(sorted.at(-1)?.[0]).toBe("room");
      for (const [index, [name, address]] of sorted.entries()) {
        expect([name, address % (name === "attributes" || name === "quality" || name === "count" ? 4 : 8)]).toEqual([
          name,
          0,
        ]);
        const before = sorted[index - 1];
        if (before) expect(address).toBeGreaterThanOrEqual(before[1] + before[2]);
      }
    });
  });

  it("have descriptors that point to their own buffers when a list is begun", () => {
    leased(({ input, output, message }) => {
      for (const list of [input, output, message]) {
        list.length = 0;
        expect(Number(readStruct(SecBufferDesc, list.address).pBuffers)).toBeGreaterThan(list.address);
      }
    });
  });

  it("read what native code wrote to them", () => {
    leased((workspace) => {
      const source = workspace.arena.allocate(8);
      source.bytes().set([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
      const write = (to: number, size: number): void => copyMemory(to, source.address, size);
      write(workspace.attributesAddress, 4);
      write(workspace.qualityAddress, 4);
      write(workspace.expiryAddress, 8);
      workspace.clearPointer();
      write(workspace.countAddress, 4);
      write(workspace.pointerAddress, pointerSize(hostAbi));
      expect([workspace.attributes, workspace.quality, workspace.count]).toEqual(Array(3).fill(0xffff_fffe));
      expect([workspace.expiry, workspace.handle]).toEqual([0x7fff_ffff_ffff_fffen, 0x7fff_ffff_ffff_fffen & widest]);
      source.bytes().set([0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0, 0]);
      write(workspace.pointerAddress, pointerSize(hostAbi));
      expect(workspace.pointer).toBe(Number(0x6050_4030_2010n & widest));
    });
  });

  it("are where native code reads a quality that was written in place of the package", () => {
    leased((workspace) => {
      workspace.quality = 0x8000_0001;
      expect([...copyOut(workspace.qualityAddress, 4)]).toEqual([1, 0, 0, 0x80]);
      expect(workspace.quality).toBe(0x8000_0001);
    });
  });

  it("are cleared before a call, so that what an earlier one left is never taken for an answer", () => {
    leased((workspace) => {
      const from = workspace.attributesAddress - workspace.arena.base;
      workspace.arena.bytes.fill(0x55, from, workspace.valueOffset + 1024);
      workspace.clearLeg();
      workspace.clearQuality();
      workspace.clearPointer();
      workspace.clearValue(100);
      expect([workspace.attributes, workspace.expiry, workspace.quality]).toEqual([unreported, 0n, 0]);
      expect([workspace.pointer, workspace.handle, workspace.count]).toEqual([0, 0n, 0]);
      const expected = Uint8Array.of(...new Uint8Array(100), ...new Uint8Array(924).fill(0x55));
      expect(copyOut(workspace.valueAddress, 1024)).toEqual(expected);
    });
  });

  it("have room for the struct of every attribute", () => {
    const all = [...Object.values(contextAttributes), ...Object.values(credentialAttributes)];
    expect(all.length).toBeGreaterThan(20);
    for (const { struct } of all)
      expect([struct.name, struct.layouts[hostAbi].size <= 1024]).toEqual([struct.name, true]);
  });
});

describe("withWorkspace()", () => {
  /** The bytes written during the work, read after its end: the same memory, which nobody has leased since. */
  function writtenWith(secret: boolean, end: () => void): Uint8Array {
    let written = new Uint8Array();
    const work = ({ arena }: Workspace): void => {
      written = arena.write(Buffer.from("packed keys")).bytes();
      end();
    };
    expect(() => withWorkspace(work, { secret })).toThrow("from the work");
    return written;
  }

  const fail = (): never => {
    throw new Error("from the work");
  };

  it("zeroes what was secret where the work throws", () => {
    expect([...writtenWith(true, fail)]).toEqual(Array.from({ length: 11 }, () => 0));
  });

  it("leaves what was not secret as it was", () => {
    expect(Buffer.from(writtenWith(false, fail)).toString()).toBe("packed keys");
  });

  it("gives the work's result, and zeroes what was secret after it too", () => {
    const written = withWorkspace(({ arena }) => arena.write(Buffer.from("a password")).bytes(), { secret: true });
    expect([...written]).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it("zeroes nothing where nobody said that it is secret", () => {
    const written = withWorkspace(({ arena }) => arena.write(Buffer.from("a name")).bytes());
    expect(Buffer.from(written).toString()).toBe("a name");
  });

  it("returns its workspace once, also where the work throws", () => {
    const taken: Workspace[] = [];
    const work = (workspace: Workspace): void => {
      taken.push(workspace);
      fail();
    };
    for (const _ of [1, 2]) expect(() => withWorkspace(work)).toThrow("from the work");
    expect(taken[1] === taken[0]).toBe(true);
    expect(taken[0]?.leased).toBe(false);
  });
});
