import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import {
  addressOf,
  addressOfBuffer,
  copyHandedOut,
  copyMemory,
  copyOut,
  HandedOutError,
  readAnsiString,
  readStruct,
  readWideString,
} from "../../src/native/memory-access.ts";

const content = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe("the address of bytes", () => {
  it("is the address where native code finds the view's first byte", () => {
    fc.assert(
      fc.property(content, fc.nat(), (bytes, from) => {
        const view = bytes.subarray(from % bytes.length);
        expect(new Uint8Array(koffi.view(addressOf(view), view.length))).toEqual(view);
        expect(BigInt(addressOfBuffer(bytes.buffer)) + BigInt(view.byteOffset)).toBe(addressOf(view));
      }),
      { numRuns: 30 },
    );
  });

  it("does not exist for empty, detached or shared bytes", () => {
    const detached = Uint8Array.of(1);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const shared = new Uint8Array(new SharedArrayBuffer(1)) as unknown as Uint8Array<ArrayBuffer>;
    for (const view of [new Uint8Array(0), detached, shared])
      expect(() => addressOf(view)).toThrow(
        new TypeError("view: expected bytes of an ArrayBuffer that is neither empty nor detached"),
      );
  });
});

describe("a copy of native memory", () => {
  it("has the bytes of that time and does not change later", () => {
    fc.assert(
      fc.property(content, (bytes) => {
        const copy = copyOut(addressOf(bytes), bytes.length);
        expect(copy).toEqual(bytes);
        const before = copy.slice();
        bytes.fill(0x5a);
        expect(copy).toEqual(before);
      }),
    );
  });

  it("may be empty, whatever the address", () => {
    expect(copyOut(0n, 0)).toEqual(new Uint8Array(0));
  });

  it("can be made from native memory to native memory, with exactly the given number of bytes", () => {
    const [target, source] = [new Uint8Array(6), Uint8Array.of(1, 2, 3, 4)];
    copyMemory(addressOf(target) + 1n, Number(addressOf(source)) + 1, 2);
    expect(target).toEqual(Uint8Array.of(0, 2, 3, 0, 0, 0));
  });

  it("can be read as a struct, whose pointers are not followed", () => {
    const memory = new DataView(new ArrayBuffer(16));
    SecBuffer.write(memory, { cbBuffer: 3, BufferType: 2, pvBuffer: 5n });
    expect(readStruct(SecBuffer, addressOf(memory))).toEqual({ cbBuffer: 3, BufferType: 2, pvBuffer: 5n });
  });
});

describe("strings in native memory", () => {
  it("end at their first NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, rest) => {
        fc.pre(!text.includes("\0"));
        const wide = Uint8Array.from(Buffer.from(`${text}\0${rest}\0`, "utf16le"));
        expect(readWideString(addressOf(wide))).toBe(text);
        const utf8 = Uint8Array.from(Buffer.from(`${text}\0${rest}\0`));
        expect(readAnsiString(addressOf(utf8))).toBe(text);
      }),
    );
  });

  it("are empty when the address is NULL", () => {
    expect([readWideString(0n), readAnsiString(0n)]).toEqual(["", ""]);
  });
});

describe("memory that a provider returned", () => {
  it("D2 is copied with the size it claims, refused above 16 MiB, and empty when the pointer is NULL", () => {
    const bytes = new Uint8Array(300).fill(7);
    expect(copyHandedOut(addressOf(bytes), 300)).toEqual(bytes);
    for (const claimed of [2 ** 24 + 1, 0x7fff_ffff, 0xffff_ffff, 2 ** 53 - 1])
      expect(() => copyHandedOut(addressOf(bytes), claimed)).toThrow(HandedOutError);
    expect([copyHandedOut(0n, 300), copyHandedOut(0, 16)]).toEqual([new Uint8Array(), new Uint8Array()]);
  });
});
