import koffi from "koffi";
import { afterAll, describe, expect, it } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { declareCallback, hostAbi, nothing, pointer, pointerSize } from "../../src/ctypes/index.ts";
import { Arena } from "../../src/memory/index.ts";
import {
  copyMemory,
  copyOut,
  functionAt,
  readStruct,
  readWideString,
  registerCallback,
  writeBytes,
} from "../../src/native/index.ts";

const kernel32 = koffi.load("kernel32.dll");
const allocate = kernel32.func("__stdcall", "VirtualAlloc", "uintptr_t", ["uintptr_t", "size_t", "uint32", "uint32"]);
const free = kernel32.func("__stdcall", "VirtualFree", "int", ["uintptr_t", "size_t", "uint32"]);

/**
 * The addresses to allocate at, with MEM_COMMIT | MEM_RESERVE and PAGE_READWRITE. Windows gives a 32-bit program such
 * addresses if its file asks for them, Wine always.
 */
const wanted = pointerSize(hostAbi) === 4 ? [0x9000_0000, 0xa123_0000, 0xc456_0000] : [0x7f12_3456_0000, 0x9_0000_0000];
const address = BigInt(wanted.map((at) => allocate(at, 0x1_0000, 0x3000, 4)).find((at) => at !== 0) ?? 0);
afterAll(() => {
  free(address, 0, 0x8000);
});

const half = 1n << BigInt(pointerSize(hostAbi) === 4 ? 31 : 32);

describe("memory at an address that 32 signed bits would make negative or cut", () => {
  it("can be allocated", () => {
    expect(address).toBeGreaterThanOrEqual(half);
  });

  it("can be written and read", () => {
    writeBytes(address, Buffer.from("a name\0", "utf16le"));
    expect(readWideString(address)).toBe("a name");
    expect(Buffer.from(copyOut(address, 12)).toString("utf16le")).toBe("a name");
  });

  it("keeps its full address in structs and arenas", () => {
    const bytes = new Uint8Array(SecBuffer.layouts[hostAbi].size);
    SecBuffer.write(new DataView(bytes.buffer), { pvBuffer: address });
    writeBytes(address, bytes);
    expect(readStruct(SecBuffer, address).pvBuffer).toBe(address);
    const arena = new Arena(64);
    arena.putPointer(8, Number(address));
    expect(arena.getPointer(8)).toBe(Number(address));
    copyMemory(address, arena.base + 8, pointerSize(hostAbi));
    expect(copyOut(address, 4)).toEqual(arena.bytes.slice(8, 12));
  });

  it("keeps its full address as a callback's argument", () => {
    const declaration = declareCallback<(at: bigint) => void>({
      name: "TEST_FN",
      header: "test.h",
      convention: "stdcall",
      returns: nothing,
      parameters: [{ name: "at", type: "PVOID", direction: "in", value: pointer }],
    });
    const seen: bigint[] = [];
    const callback = registerCallback(declaration, (at) => void seen.push(at));
    functionAt(declaration, callback.address)(address);
    callback.release();
    expect(seen).toEqual([address]);
  });
});
